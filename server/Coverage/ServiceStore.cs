using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>The SQL of service times: who waits for a card, and how long others did, by station and day; changed by its follower alone.</summary>
internal static class ServiceStore
{
    /// <summary>A citizen who is recorded again waits since the first time, until he has his card.</summary>
    /// <param name="took">How long the capture took, where it was measured.</param>
    public static async ValueTask CapturedAsync(Tx tx, string citizenId, string stationId, DateTimeOffset at, TimeSpan? took)
    {
        await tx.ExecuteAsync(
            "INSERT INTO service_waits (citizen_id, station_id, captured_at, printed) VALUES ($1, $2, $3, 0) ON CONFLICT (citizen_id) DO NOTHING", citizenId, stationId, at);
        var local = OfficeTime.At(StationId.Trusted(stationId).Region, at);
        await tx.ExecuteAsync(
            """
            INSERT INTO service_captures (station_id, day, captures, first_hour, last_hour) VALUES ($1, $2, 1, $3, $3)
            ON CONFLICT (station_id, day) DO UPDATE SET
              captures = service_captures.captures + 1,
              first_hour = CASE WHEN excluded.first_hour < service_captures.first_hour THEN excluded.first_hour ELSE service_captures.first_hour END,
              last_hour = CASE WHEN excluded.last_hour > service_captures.last_hour THEN excluded.last_hour ELSE service_captures.last_hour END
            """,
            stationId, DateOnly.FromDateTime(local.DateTime).ToStored(), (long)local.Hour);
        if (took is { } duration)
        {
            await CountAsync(tx, StationId.Trusted(stationId), ServiceEnd.Captured, at, duration);
        }
    }

    /// <summary>A card that is owed to one who waits for none, as in the place of a lost one, is measured by nothing.</summary>
    public static async ValueTask OweAsync(Tx tx, string jobId, string citizenId) => await tx.ExecuteAsync(
        "INSERT INTO service_jobs (job_id, citizen_id) SELECT $1, citizen_id FROM service_waits WHERE citizen_id = $2", jobId, citizenId);

    public static async ValueTask ForgetJobAsync(Tx tx, string jobId) => await tx.ExecuteAsync("DELETE FROM service_jobs WHERE job_id = $1", jobId);

    public static async ValueTask PrintedAsync(Tx tx, string jobId, DateTimeOffset at)
    {
        if (await FindWaitAsync(tx, jobId) is { Printed: false } wait)
        {
            await CountAsync(tx, wait.Station, ServiceEnd.Printed, at, at - wait.CapturedAt);
            await tx.ExecuteAsync("UPDATE service_waits SET printed = 1 WHERE citizen_id = $1", wait.CitizenId);
        }
    }

    public static async ValueTask HandedOverAsync(Tx tx, string jobId, DateTimeOffset at)
    {
        if (await FindWaitAsync(tx, jobId) is { } wait)
        {
            await CountAsync(tx, wait.Station, ServiceEnd.HandedOver, at, at - wait.CapturedAt);
            await tx.ExecuteAsync("DELETE FROM service_jobs WHERE citizen_id = $1", wait.CitizenId);
            await tx.ExecuteAsync("DELETE FROM service_waits WHERE citizen_id = $1", wait.CitizenId);
        }
    }

    /// <summary>The stations of a region that recorded anybody on some days, or whose citizens got a card, and how they served them; by id.</summary>
    public static async ValueTask<SortedDictionary<string, Service>> ListAsync(Tx tx, RegionCode region, DateOnly first, DateOnly last)
    {
        var (from, to) = region.Range;
        var waits = (await tx.ListAsync(
            """
            SELECT place, ended, bucket, CAST(SUM(citizens) AS BIGINT) FROM service_days
            WHERE place >= $1 AND place < $2 AND day >= $3 AND day <= $4 GROUP BY place, ended, bucket ORDER BY place, ended, bucket
            """,
            row => (Station: row.GetString(0), End: (ServiceEnd)row.GetInt64(1), Bucket: (Bucket: (int)row.GetInt64(2), Count: row.GetInt64(3))),
            from, to, first.ToStored(), last.ToStored())).ToLookup(row => (row.Station, row.End), row => row.Bucket);
        var captures = (await tx.ListAsync(
            """
            SELECT station_id, CAST(SUM(captures) AS BIGINT), CAST(SUM(last_hour - first_hour + 1) AS BIGINT) FROM service_captures
            WHERE station_id >= $1 AND station_id < $2 AND day >= $3 AND day <= $4 GROUP BY station_id
            """,
            row => (row.GetString(0), new Captures(row.GetInt64(1), row.GetInt64(2))), from, to, first.ToStored(), last.ToStored())).ToDictionary();
        return new SortedDictionary<string, Service>(
            captures.Keys.Union(waits.Select(group => group.Key.Station)).ToDictionary(
                station => station,
                station => new Service(captures.GetValueOrDefault(station), [.. waits[(station, ServiceEnd.Printed)]], [.. waits[(station, ServiceEnd.HandedOver)]], [.. waits[(station, ServiceEnd.Captured)]])),
            StringComparer.Ordinal);
    }

    /// <summary>The waits that ended in each province from a day on.</summary>
    public static ValueTask<List<(string Province, ServiceEnd End, int Bucket, long Count)>> ListProvincesAsync(Tx tx, DateOnly first) => tx.ListAsync(
        """
        SELECT place, ended, bucket, CAST(SUM(citizens) AS BIGINT) FROM service_days
        WHERE place IN (SELECT code FROM regions WHERE length(code) = 2) AND day >= $1 GROUP BY place, ended, bucket ORDER BY place, ended, bucket
        """,
        row => (row.GetString(0), (ServiceEnd)row.GetInt64(1), (int)row.GetInt64(2), row.GetInt64(3)), first.ToStored());

    private static async ValueTask<Wait?> FindWaitAsync(Tx tx, string jobId) => await tx.FirstAsync(
        "SELECT w.citizen_id, w.station_id, w.captured_at, w.printed FROM service_jobs j JOIN service_waits w ON w.citizen_id = j.citizen_id WHERE j.job_id = $1",
        row => new Wait(row.GetString(0), StationId.Trusted(row.GetString(1)), row.GetMoment(2), row.GetInt64(3) == 1), jobId);

    /// <summary>At the station, and in its province, which a page of metrics shows.</summary>
    private static ValueTask CountAsync(Tx tx, StationId station, ServiceEnd end, DateTimeOffset at, TimeSpan wait)
    {
        var (day, bucket) = (LocalDay.Of(station.Region, at).ToStored(), (long)WaitBuckets.Of(wait));
        return tx.ExecuteManyAsync(
            """
            INSERT INTO service_days (place, day, ended, bucket, citizens) VALUES ($1, $2, $3, $4, 1)
            ON CONFLICT (place, day, ended, bucket) DO UPDATE SET citizens = service_days.citizens + 1
            """,
            [[station.Value, day, end, bucket], [station.Region.Office.Parent.Value, day, end, bucket]]);
    }

    private sealed record Wait(string CitizenId, StationId Station, DateTimeOffset CapturedAt, bool Printed);
}
