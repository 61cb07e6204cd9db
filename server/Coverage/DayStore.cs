using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>The SQL of citizens recorded by day.</summary>
internal static class DayStore
{
    public static ValueTask<int> CountAsync(Tx tx, RegionCode region, DateOnly day) => tx.ExecuteAsync(
        """
        INSERT INTO coverage_days (region, day, recorded) VALUES ($1, $2, 1)
        ON CONFLICT (region, day) DO UPDATE SET recorded = coverage_days.recorded + 1
        """,
        region.Value, day.ToStored());

    public static async ValueTask<PaceWindow> WindowAsync(Tx tx, DateOnly today) => PaceWindow.Of(
        today, await tx.FirstAsync<DateOnly?>("SELECT day FROM coverage_days WHERE region = '' ORDER BY day LIMIT 1", row => row.GetDay(0)));

    /// <summary>Citizens recorded in a window, of a region and of each directly below it.</summary>
    public static async ValueTask<Dictionary<string, long>> SumBelowAsync(Tx tx, RegionCode region, PaceWindow window) => (await tx.ListAsync(
        """
        SELECT region, CAST(SUM(recorded) AS BIGINT) FROM coverage_days
        WHERE region IN (SELECT region FROM coverage_totals WHERE region = $1 OR parent = $1) AND day >= $2 AND day <= $3 GROUP BY region
        """,
        row => (row.GetString(0), row.GetInt64(1)), region.Value, window.First.ToStored(), window.Last.ToStored())).ToDictionary();

    /// <summary>Citizens recorded in a window, by district.</summary>
    public static async ValueTask<Dictionary<string, long>> SumDistrictsAsync(Tx tx, RegionCode region, PaceWindow window) => (await tx.ListAsync(
        $"""
        SELECT region, CAST(SUM(recorded) AS BIGINT) FROM coverage_days
        WHERE day >= $1 AND day <= $2 AND {(region.Depth == 0 ? "$3 < $4" : "region >= $3 AND region < $4")} AND length(region) = 8 GROUP BY region
        """,
        row => (row.GetString(0), row.GetInt64(1)), window.First.ToStored(), window.Last.ToStored(), region.Range.From, region.Range.To)).ToDictionary();

    public static ValueTask<List<(DateOnly Day, long Recorded)>> ListAsync(Tx tx, RegionCode region, DateOnly first, DateOnly last) => tx.ListAsync(
        "SELECT day, recorded FROM coverage_days WHERE region = $1 AND day >= $2 AND day <= $3 ORDER BY day",
        row => (row.GetDay(0), row.GetInt64(1)), region.Value, first.ToStored(), last.ToStored());
}
