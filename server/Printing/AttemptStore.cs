using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>The SQL of attempts. An attempt is only touched by who holds the lock of its job.</summary>
internal static class AttemptStore
{
    private const string AttemptColumns =
        "job_id, epoch, station_id, blank_serial, printer_serial, picked_before, started_at, state, blank_bound, settled_at, picked_after, unknown_cause, "
        + "failure_class, code, chip_uid, report, answered, blank_stays, missing_by, found";

    public static ValueTask<Attempt?> FindAsync(Tx tx, JobId job, long epoch) =>
        tx.FirstAsync($"SELECT {AttemptColumns} FROM printing_attempts WHERE job_id = $1 AND epoch = $2", Read, job.Value, epoch);

    public static async ValueTask<bool> IsRefusedAsync(Tx tx, ReportRefused report) => await tx.NumberAsync(
        "SELECT COUNT(*) FROM printing_refused_reports WHERE job_id = $1 AND epoch = $2 AND station_id = $3 AND report = $4",
        report.JobId, report.Epoch, report.StationId, report.Report) > 0;

    public static async ValueTask InsertAsync(Tx tx, Attempt attempt) => await tx.ExecuteAsync(
        """
        INSERT INTO printing_attempts (job_id, epoch, station_id, blank_serial, printer_serial, picked_before, started_at, state, blank_bound)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
        """,
        attempt.Job.Value, attempt.Epoch, attempt.Station.Value, attempt.BlankSerial, attempt.PrinterSerial, attempt.PickedBefore, attempt.StartedAt, attempt.State);

    public static async ValueTask SaveAsync(Tx tx, Attempt attempt) => await tx.ExecuteAsync(
        """
        UPDATE printing_attempts SET state = $1, blank_bound = $2, settled_at = $3, picked_after = $4, unknown_cause = $5, failure_class = $6, code = $7,
          chip_uid = $8, report = $9, answered = $10, blank_stays = $11, missing_by = $12, found = $13
        WHERE job_id = $14 AND epoch = $15
        """,
        attempt.State, attempt.BlankBound ? 1 : 0, attempt.SettledAt, attempt.PickedAfter, attempt.Cause, attempt.FailureClass, attempt.Code,
        attempt.ChipUid, attempt.Report, attempt.Answered, attempt.BlankStays ? 1 : 0, attempt.MissingBy, attempt.Found, attempt.Job.Value, attempt.Epoch);

    public static async ValueTask InsertRefusedAsync(Tx tx, ReportRefused report, DateTimeOffset at) => await tx.ExecuteAsync(
        "INSERT INTO printing_refused_reports (job_id, epoch, station_id, report, outcome, at) VALUES ($1, $2, $3, $4, $5, $6)",
        report.JobId, report.Epoch, report.StationId, report.Report, report.Reported, at);

    private static Attempt Read(Row row) => new(
        JobId.Trusted(row.GetString(0)), row.GetInt64(1), StationId.Trusted(row.GetString(2)), row.GetInt64(3), row.GetString(4),
        unchecked((ulong)row.GetInt64(5)), row.GetMoment(6))
    {
        State = (AttemptState)row.GetInt64(7),
        BlankBound = row.GetInt64(8) != 0,
        SettledAt = row.GetMomentOrNull(9),
        PickedAfter = row.IsNull(10) ? null : unchecked((ulong)row.GetInt64(10)),
        Cause = row.IsNull(11) ? null : (UnknownCause)row.GetInt64(11),
        FailureClass = row.IsNull(12) ? null : (FailureClass)row.GetInt64(12),
        Code = row.GetStringOrNull(13),
        ChipUid = row.GetStringOrNull(14),
        Report = row.GetStringOrNull(15),
        Answered = row.IsNull(16) ? null : (JobState)row.GetInt64(16),
        BlankStays = row.GetInt64(17) != 0,
        MissingBy = row.GetStringOrNull(18),
        Found = row.IsNull(19) ? null : (JobState)row.GetInt64(19),
    };
}
