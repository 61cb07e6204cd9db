using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

/// <summary>Lending jobs to stations, and what time and returning agents make of what was lent.</summary>
internal static class Leasing
{
    public static readonly TimeSpan LeaseLasts = TimeSpan.FromMinutes(10);

    /// <summary>A started attempt that is not reported for this long is a matter for people.</summary>
    public static readonly TimeSpan ReportWithin = TimeSpan.FromMinutes(30);

    /// <summary>Jobs that a station may hold at once: a day's stack is not taken from the others.</summary>
    public const int MostHeld = 64;

    /// <summary>Whether a printer may be given any job now.</summary>
    public static bool MayPrint(Printer printer, LeaseAsk ask, bool hasFailed, DateTimeOffset now) => !hasFailed && ask.CanEncode != false && !printer.IsDrained(now);

    /// <summary>How many jobs a station gets: no more than it asks for, has blanks and ribbon for, and may hold.</summary>
    public static long Room(LeaseAsk ask, long blanks, long held) =>
        Math.Clamp(Math.Min(Math.Min(blanks, ask.RibbonLeft ?? blanks), MostHeld) - held, 0, ask.Most);

    /// <summary>Whether the queue may give a job to a station now.</summary>
    public static bool MayLease(Job job, Printer printer, DateTimeOffset now) =>
        job.State == JobState.Ready && printer.Prints.Contains(job.Region) && (job.AvoidedStation != printer.Station || job.AvoidedUntil <= now);

    public static JobLeased Lease(Job job, StationId station, DateTimeOffset now) =>
        new(job.Id.Value, job.Region.Value, station.Value, job.Epoch + 1, now + LeaseLasts);

    public static Decision Return(Job job, StationId station, long epoch) => job switch
    {
        _ when job.Epoch != epoch => Stale(job, epoch),
        _ when job.Station != station => NotYours(job),
        { State: JobState.Leased } => new Decision.Accept(Returned(job, ReturnCause.Agent)),
        { State: JobState.Ready } => new Decision.AsBefore(job.State),
        { State: JobState.Started } => new Decision.Reject(Rejection.NotNow, "The attempt was started: report how it ended."),
        _ => new Decision.Reject(Rejection.Stale, $"The lease is over: the job is {job.StateWord}."),
    };

    /// <summary>What the passing of time makes of a job; null while it is not due.</summary>
    public static JobFact? Due(Job job, Attempt? attempt, DateTimeOffset now) => job.DueAt > now ? null : job.State switch
    {
        JobState.Leased => Returned(job, ReturnCause.Expired),
        JobState.Started => Reporting.Unknown(attempt!, job.Region, UnknownCause.NoReport),
        _ => null,
    };

    /// <summary>What becomes of a job that a returning agent no longer knows of.</summary>
    public static JobFact? Forgotten(Job job, Attempt? attempt) => job.State switch
    {
        JobState.Leased => Returned(job, ReturnCause.Forgotten),
        JobState.Started => Reporting.Unknown(attempt!, job.Region, UnknownCause.Forgotten),
        _ => null,
    };

    /// <summary>Whether an attempt that an agent believes active is so, or still waits for its report.</summary>
    public static bool IsActive(Job job, StationId station, long epoch) =>
        job.Station == station && job.Epoch == epoch && job.State is JobState.Leased or JobState.Started or JobState.Unknown;

    public static Decision.Reject Stale(Job job, long epoch) =>
        new(Rejection.Stale, $"Epoch {epoch} is not the job's current one, {job.Epoch}: feed no card.");

    public static Decision.Reject NotYours(Job job) =>
        new(Rejection.NotYours, $"Epoch {job.Epoch} of the job belongs to another station.");

    private static JobReturned Returned(Job job, ReturnCause cause) =>
        new(job.Id.Value, job.Region.Value, job.Station!.Value.Value, job.Epoch, cause);
}
