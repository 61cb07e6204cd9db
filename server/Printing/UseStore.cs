using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// The SQL of daily use: what attempts made of blanks, on the day they were started. A row for each station, so that stations of
/// one office never wait for each other.
/// </summary>
internal static class UseStore
{
    /// <summary>Days that are kept: more than any forecast looks at.</summary>
    private const long DaysKept = 30;

    public static long DayOf(DateTimeOffset moment) => (long)Math.Floor((moment - DateTimeOffset.UnixEpoch).TotalDays);

    public static async ValueTask StartAsync(Tx tx, Attempt attempt)
    {
        var (station, day) = (attempt.Station.Value, DayOf(attempt.StartedAt));
        if (await tx.ExecuteAsync("UPDATE printing_use SET used = used + 1 WHERE station_id = $1 AND day = $2", station, day) == 0)
        {
            await tx.ExecuteAsync("INSERT INTO printing_use (station_id, day, used, spoiled) VALUES ($1, $2, 1, 0)", station, day);
            await tx.ExecuteAsync("DELETE FROM printing_use WHERE station_id = $1 AND day <= $2", station, day - DaysKept);
        }
    }

    public static async ValueTask FollowAsync(Tx tx, Attempt before, Attempt after)
    {
        var (used, spoiled) = (after.Used - before.Used, after.Wasted - before.Wasted);
        if (used != 0 || spoiled != 0)
        {
            await tx.ExecuteAsync(
                "UPDATE printing_use SET used = used + $1, spoiled = spoiled + $2 WHERE station_id = $3 AND day = $4",
                used, spoiled, after.Station.Value, DayOf(after.StartedAt));
        }
    }

    /// <summary>Blanks used and spoiled by office and day, from a day on.</summary>
    public static ValueTask<List<DailyUse>> ListAsync(Tx tx, RegionCode region, long fromDay) => tx.ListAsync(
        """
        SELECT substr(station_id, 1, 5) AS office, day, CAST(SUM(used) AS BIGINT), CAST(SUM(spoiled) AS BIGINT) FROM printing_use
        WHERE station_id >= $1 AND station_id < $2 AND day >= $3 GROUP BY 1, 2 HAVING SUM(used) > 0 ORDER BY 1, 2
        """,
        row => new DailyUse(row.GetString(0), row.GetInt64(2), row.GetInt64(3)), region.Range.From, region.Range.To, fromDay);
}

/// <summary>Blanks that an office used on a day, and how many of them were wasted.</summary>
internal sealed record DailyUse(string Office, long Used, long Wasted);
