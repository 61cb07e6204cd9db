using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// What a report makes of an attempt. The first one settles it, also when it comes late; the same again changes nothing; a
/// different one makes it unknown, also where a person had found out, until the job was started anew or its card's chip was
/// compared. What does not fit any more is evidence.
/// </summary>
internal static class Reporting
{
    /// <param name="attempt">The attempt of the report's epoch, where one was started.</param>
    /// <param name="blank">Its blank as the ledger has it; not needed for one that awaits its report.</param>
    public static Decision Decide(Job job, Attempt? attempt, Report report, StationId station, Card? blank, DateTimeOffset now)
    {
        if (attempt is { Answered: { } answered } && attempt.Station == station && attempt.Report == report.Digest)
        {
            return new Decision.AsBefore(answered);
        }

        if (attempt is { Found: { } found } && attempt.Station == station && attempt.IsAgreedBy(report))
        {
            return new Decision.AsBefore(found);
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
                Rejection.NotNow, $"The attempt was not started: the job is {job.StateWord}.",
                report.Outcome == ReportedOutcome.NotFed ? null : Refused(job, report, station));
        }

        if (job.State is JobState.Verified or JobState.HandedOver)
        {
            // A person has had the chip in his hands: no machine's word undoes that.
            return new Decision.Reject(Rejection.NotNow, $"The job is {job.StateWord}: the report is kept as evidence.", Refused(job, report, station));
        }

        return new Decision.Accept(attempt.AwaitsReport ? Settle(job, attempt, report, now) : Contradicted(job, attempt, report, blank!));
    }

    /// <summary>The attempt becomes unknown, by a report or by the lack of one.</summary>
    public static AttemptUnknown Unknown(Attempt attempt, RegionCode region, UnknownCause cause, Report? report = null) => new(
        attempt.Job.Value, region.Value, attempt.Station.Value, attempt.Epoch, attempt.BlankSerial, attempt.BlankBound, cause, report?.PickedAfter, report?.Digest,
        report?.Outcome);

    /// <summary>The blank is the attempt's again where it still lies as the attempt left it; else it stays with whoever has it.</summary>
    private static AttemptUnknown Contradicted(Job job, Attempt attempt, Report report, Card blank)
    {
        var isHere = blank.State == attempt.BlankIs && blank.Station == attempt.Station;
        return Unknown(attempt, job.Region, UnknownCause.Contradicted, report) with
        {
            BlankBound = attempt.BlankBound || isHere,
            BlankStays = attempt.BlankBound && !isHere,
            ChipUid = report.ChipUid.Length == 0 ? null : string.IsNullOrEmpty(attempt.ChipUid) || attempt.ChipUid == report.ChipUid ? report.ChipUid : "",
        };
    }

    private static JobFact Settle(Job job, Attempt attempt, Report report, DateTimeOffset now)
    {
        var (id, region, station) = (job.Id.Value, job.Region.Value, attempt.Station.Value);
        JobState? next = job.CancelReason is null ? null : JobState.Cancelled;
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
            return new AttemptPrinted(id, region, station, attempt.Epoch, attempt.BlankSerial, report.PickedAfter, report.ChipUid, report.Digest, next);
        }

        var fault = PrinterCodes.FaultOf(report.Code);
        if (report.Outcome == ReportedOutcome.NotFed)
        {
            return report.PickedAfter == attempt.PickedBefore
                ? new AttemptNotFed(
                    id, region, station, attempt.Epoch, attempt.BlankSerial, report.PickedAfter, report.Code, report.Digest,
                    fault == PrinterFault.None ? now + FailurePolicy.AvoidAfterFeed : now, next)
                : Unknown(attempt, job.Region, UnknownCause.CounterMoved, report);
        }

        var after = FailurePolicy.After(job, report.FailureClass, fault);
        return new AttemptFailed(
            id, region, station, attempt.Epoch, attempt.BlankSerial, report.PickedAfter, report.FailureClass, report.Code, report.Digest,
            after.State, after.Reason, after.AvoidFor is { } span ? now + span : null);
    }

    private static ReportRefused Refused(Job job, Report report, StationId station) => new(
        job.Id.Value, job.Region.Value, station.Value, report.Epoch, report.PrinterSerial, report.PickedAfter, report.Outcome, report.Digest,
        Contradicts: report.Outcome is not (ReportedOutcome.NotFed or ReportedOutcome.Lost));
}
