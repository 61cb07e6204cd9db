using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// What a report makes of an attempt. The first one settles it, also when it comes late; the same again changes nothing; a
/// different one makes it unknown. What does not fit the present epoch is evidence.
/// </summary>
internal static class Reporting
{
    /// <param name="attempt">The attempt of the report's epoch, where one was started.</param>
    /// <param name="blankIsFree">Whether a blank that was given back still lies in the station's hopper.</param>
    public static Decision Decide(Job job, Attempt? attempt, Report report, StationId station, bool blankIsFree, DateTimeOffset now)
    {
        if (attempt is { Answered: { } answered } && attempt.Station == station && attempt.Report == report.Digest)
        {
            return new Decision.AsBefore(answered);
        }

        if (job.Epoch != report.Epoch)
        {
            return Leasing.Stale(job, report.Epoch) with { Evidence = Refused(job, report, station) };
        }

        if (job.Station != station)
        {
            return Leasing.NotYours(job);
        }

        if (attempt is null)
        {
            // An agent that never heard whether it may start says so truthfully: that is no evidence of anything.
            return new Decision.Reject(
                Rejection.NotNow, $"The attempt was not started: the job is {job.State}.",
                report.Outcome == ReportedOutcome.NotFed ? null : Refused(job, report, station));
        }

        return new Decision.Accept(attempt.AwaitsReport
            ? Settle(job, attempt, report, now)
            : Unknown(attempt, job.Region, UnknownCause.Contradicted, report, attempt.BlankBound || blankIsFree));
    }

    /// <summary>The attempt becomes unknown, by a report or by the lack of one.</summary>
    public static AttemptUnknown Unknown(Attempt attempt, RegionCode region, UnknownCause cause, Report? report = null, bool blankBound = true) => new(
        attempt.Job.Value, region.Value, attempt.Station.Value, attempt.Epoch, attempt.BlankSerial, blankBound, cause, report?.PickedAfter, report?.Digest,
        report?.Outcome);

    private static JobFact Settle(Job job, Attempt attempt, Report report, DateTimeOffset now)
    {
        var (id, region, station) = (job.Id.Value, job.Region.Value, attempt.Station.Value);
        if (report.Outcome == ReportedOutcome.Lost)
        {
            return Unknown(attempt, job.Region, UnknownCause.Lost, report);
        }

        if (report.PrinterSerial != attempt.PrinterSerial)
        {
            return Unknown(attempt, job.Region, UnknownCause.OtherPrinter, report);
        }

        if (report.Outcome == ReportedOutcome.Printed)
        {
            return new AttemptPrinted(id, region, station, attempt.Epoch, attempt.BlankSerial, report.PickedAfter, report.ChipUid, report.Digest);
        }

        if (report.Outcome == ReportedOutcome.NotFed)
        {
            return report.PickedAfter == attempt.PickedBefore
                ? new AttemptNotFed(
                    id, region, station, attempt.Epoch, attempt.BlankSerial, report.PickedAfter, report.Code, report.Digest, now + FailurePolicy.AvoidAfterFeed)
                : Unknown(attempt, job.Region, UnknownCause.CounterMoved, report);
        }

        var next = FailurePolicy.After(job.Failures.With(report.FailureClass), report.FailureClass);
        return new AttemptFailed(
            id, region, station, attempt.Epoch, attempt.BlankSerial, report.PickedAfter, report.FailureClass, report.Code, report.Digest,
            next.State, next.Reason, next.AvoidFor is { } span ? now + span : null);
    }

    private static ReportRefused Refused(Job job, Report report, StationId station) => new(
        job.Id.Value, job.Region.Value, station.Value, report.Epoch, report.PrinterSerial, report.PickedAfter, report.Outcome, report.Digest);
}
