using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

/// <summary>The step after which a card may be fed. It happens once for an epoch, within its lease, with one blank.</summary>
internal static class Starting
{
    /// <param name="attempt">The attempt of this epoch, where one was started.</param>
    /// <param name="blank">The lowest blank in the station's hopper; null when it is empty.</param>
    public static Decision Start(
        Job job, Attempt? attempt, StationId station, long epoch, string printerSerial, ulong pickedBefore, long? blank, DateTimeOffset now)
    {
        if (job.Epoch != epoch)
        {
            return Leasing.Stale(job, epoch);
        }

        if (job.Station != station)
        {
            return Leasing.NotYours(job);
        }

        if (job.State == JobState.Started && attempt is not null)
        {
            return attempt.PrinterSerial == printerSerial
                ? new Decision.AsBefore(job.State)
                : new Decision.Reject(Rejection.NotNow, "The attempt was started on another printer: report it as lost.");
        }

        if (job.State != JobState.Leased || job.DueAt <= now)
        {
            return new Decision.Reject(Rejection.Stale, $"The lease is over: {(job.State == JobState.Leased ? "it ran out" : $"the job is {job.StateWord}")}. Feed no card.");
        }

        return blank is { } serial
            ? new Decision.Accept(new AttemptStarted(
                job.Id.Value, job.Region.Value, station.Value, epoch, serial, printerSerial, pickedBefore, now + Leasing.ReportWithin))
            : new Decision.Reject(Rejection.NotNow, $"The hopper of station {station} is empty: load blanks first.");
    }
}
