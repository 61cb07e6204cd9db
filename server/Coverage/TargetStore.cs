using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>The SQL of targets; what changes them are facts.</summary>
internal static class TargetStore
{
    /// <summary>A lifted target keeps its row, at which two officers take turns.</summary>
    public static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, TargetSet fact) => await tx.ExecuteAsync(
        "INSERT INTO coverage_targets (region, day) VALUES ($1, $2) ON CONFLICT (region) DO UPDATE SET day = excluded.day", fact.Region, fact.Date?.ToStored());

    public static async ValueTask<bool> IsSetAsync(Tx tx, RegionCode region) =>
        await tx.NumberAsync("SELECT COUNT(*) FROM coverage_targets WHERE region = $1 AND day IS NOT NULL", region.Value) > 0;

    /// <summary>The regions that have a target of their own, by code, after a key.</summary>
    public static ValueTask<List<RegionCode>> ListAsync(Tx tx, RegionCode below, string after, int limit) => tx.ListAsync(
        "SELECT region FROM coverage_targets WHERE region >= $1 AND region < $2 AND region || '!' > $3 AND day IS NOT NULL ORDER BY region LIMIT $4",
        row => RegionCode.Trusted(row.GetString(0)), below.Range.From, below.Range.To, after, limit);

    public static async ValueTask<TargetBook> ReadAsync(Tx tx, RegionCode region, DateTimeOffset now)
    {
        var (from, to) = region.Range;
        var window = await DayStore.WindowAsync(tx, LocalDay.Of(region, now));

        // A code that begins with another code lies below it.
        var targets = await tx.ListAsync(
            "SELECT region, day FROM coverage_targets WHERE ((region >= $1 AND region < $2) OR region = substr($1, 1, length(region))) AND day IS NOT NULL",
            row => (row.GetString(0), row.GetDay(1)), from, to);
        var districts = await tx.ListAsync(
            "SELECT region, obliged, recorded FROM coverage_totals WHERE length(region) = 8 AND region >= $1 AND region < $2 ORDER BY region",
            row => (RegionCode.Trusted(row.GetString(0)), new CoverageFigures(row.GetInt64(1), row.GetInt64(2))), from, to);
        var supplies = region.Depth > 2 ? [] : await SupplyStore.ListAsync(tx, region, now);
        return new TargetBook(window, targets.ToDictionary(), districts, await DayStore.SumDistrictsAsync(tx, region, window), supplies);
    }
}
