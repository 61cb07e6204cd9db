using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>The SQL that reads jobs and their payloads, and locks what a rule decides on.</summary>
internal static class JobStore
{
    public const string JobColumns =
        "job_id, citizen_id, issuance_number, issuance_id, region, priority, enqueued_at, state, reason, epoch, station_id, due_at, "
        + "print_failures, encode_failures, feed_failures, avoided_station_id, avoided_until, cancel_reason, replaces_serial";

    /// <summary>Walks the queue's index in its order: what is held, or another office's, is never met.</summary>
    public const string ReadySql =
        $"""
        SELECT {JobColumns} FROM printing_jobs
        WHERE office = $1 AND state = 2 AND (avoided_station_id IS NULL OR avoided_station_id <> $2 OR avoided_until <= $3)
        ORDER BY ranked_at, job_id LIMIT $4
        """;

    public static ValueTask<Job?> FindAsync(Tx tx, JobId id) =>
        tx.FirstAsync($"SELECT {JobColumns} FROM printing_jobs WHERE job_id = $1", Read, id.Value);

    public static ValueTask<Job?> LockAsync(Tx tx, JobId id) =>
        tx.FirstAsync($"SELECT {JobColumns} FROM printing_jobs WHERE job_id = $1 {tx.Dialect.ForUpdate}", Read, id.Value);

    public static ValueTask<Job?> FindIssuanceAsync(Tx tx, CitizenId citizen, long issuanceNumber) => tx.FirstAsync(
        $"SELECT {JobColumns} FROM printing_jobs WHERE citizen_id = $1 AND issuance_number = $2", Read, citizen.Value, issuanceNumber);

    public static ValueTask<List<Job>> LockOfCitizenAsync(Tx tx, CitizenId citizen) => tx.ListAsync(
        $"SELECT {JobColumns} FROM printing_jobs WHERE citizen_id = $1 ORDER BY region, job_id {tx.Dialect.ForUpdate}", Read, citizen.Value);

    /// <summary>
    /// The jobs of an office that a station is to have next, locked: by class and age. Others who ask at the same time get the
    /// ones behind them.
    /// </summary>
    public static ValueTask<List<Job>> LockReadyAsync(Tx tx, RegionCode office, StationId station, DateTimeOffset now, long limit) =>
        tx.ListAsync($"{ReadySql} {tx.Dialect.SkipLocked}", Read, office.Value, station.Value, now, limit);

    /// <summary>Jobs whose lease or whose patience is over, locked; those that somebody is deciding on wait for the next look.</summary>
    public static async ValueTask<List<Job>> LockDueAsync(Tx tx, DateTimeOffset now, int limit)
    {
        var jobs = await tx.ListAsync(
            $"SELECT {JobColumns} FROM printing_jobs WHERE due_at <= $1 ORDER BY due_at LIMIT {limit} {tx.Dialect.SkipLocked}", Read, now);
        return [.. jobs.OrderBy(job => job.Region.Value, StringComparer.Ordinal)];
    }

    public static async ValueTask<bool> AnyDueAsync(Tx tx, DateTimeOffset now) =>
        await tx.NumberAsync("SELECT COUNT(*) FROM (SELECT 1 FROM printing_jobs WHERE due_at <= $1 LIMIT 1) AS due", now) > 0;

    /// <summary>What a station holds, leased or started, locked.</summary>
    public static ValueTask<List<Job>> LockActiveAsync(Tx tx, StationId station) => tx.ListAsync(
        $"SELECT {JobColumns} FROM printing_jobs WHERE station_id = $1 AND due_at IS NOT NULL ORDER BY region, job_id {tx.Dialect.ForUpdate}",
        Read, station.Value);

    public static ValueTask<long> CountLeasedAsync(Tx tx, StationId station) =>
        tx.NumberAsync("SELECT COUNT(*) FROM printing_jobs WHERE station_id = $1 AND due_at IS NOT NULL AND state = 3", station.Value);

    public static async ValueTask KeepPayloadAsync(Tx tx, JobId id, byte[] payload) =>
        await tx.ExecuteAsync("INSERT INTO printing_payloads (job_id, payload) VALUES ($1, $2)", id.Value, payload);

    public static ValueTask<byte[]?> FindPayloadAsync(Tx tx, JobId id) =>
        tx.FirstAsync<byte[]?>("SELECT payload FROM printing_payloads WHERE job_id = $1", row => row.GetBytes(0), id.Value);

    public static async ValueTask DropPayloadAsync(Tx tx, JobId id) => await tx.ExecuteAsync("DELETE FROM printing_payloads WHERE job_id = $1", id.Value);

    public static Job Read(Row row) => new(
        JobId.Trusted(row.GetString(0)), new CitizenId(row.GetString(1)), row.GetInt64(2), row.GetString(3), RegionCode.Trusted(row.GetString(4)),
        (JobPriority)row.GetInt64(5), row.GetMoment(6))
    {
        State = (JobState)row.GetInt64(7),
        Reason = row.GetString(8),
        Epoch = row.GetInt64(9),
        Station = StationOrNull(row, 10),
        DueAt = row.GetMomentOrNull(11),
        Failures = new Failures((int)row.GetInt64(12), (int)row.GetInt64(13), (int)row.GetInt64(14)),
        AvoidedStation = StationOrNull(row, 15),
        AvoidedUntil = row.GetMomentOrNull(16),
        CancelReason = row.GetStringOrNull(17),
        ReplacesSerial = row.GetInt64(18),
    };

    private static StationId? StationOrNull(Row row, int column) => row.GetStringOrNull(column) is { } id ? StationId.Trusted(id) : null;
}
