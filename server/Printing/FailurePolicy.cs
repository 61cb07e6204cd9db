namespace KtpGrpc.Server.Printing;

/// <summary>
/// How a job goes on after a failed attempt. Where the printer is at fault it goes on anywhere, for the printer is drained; where
/// the card is, once more here, then elsewhere or later; where the record may be, not without a person.
/// </summary>
internal static class FailurePolicy
{
    /// <summary>A jam is the printer's, not the card's: the job may come back when somebody had time to clear it.</summary>
    public static readonly TimeSpan AvoidAfterFeed = TimeSpan.FromMinutes(30);

    /// <summary>Where no other station prints, the job comes back the next day.</summary>
    public static readonly TimeSpan AvoidAfterPrint = TimeSpan.FromDays(1);

    /// <summary>Blanks that one job may spoil before a person looks at it.</summary>
    private const int MostSpoiled = 4;

    /// <param name="last">The job's last failure, not yet among those that it counts.</param>
    /// <param name="fault">What the printer's own code says of the printer.</param>
    public static Next After(Job job, FailureClass last, PrinterFault fault) =>
        job.CancelReason is { } reason ? new Next(JobState.Cancelled, reason, null) : After(job.Failures.With(last), last, fault);

    /// <param name="failures">All failures of the job, the last one included.</param>
    public static Next After(Failures failures, FailureClass last, PrinterFault fault = PrinterFault.None) => last switch
    {
        _ when failures.Encode >= 2 => new Next(JobState.Quarantined, "The chip could not be written twice: the record may be at fault.", null),
        _ when failures.All >= MostSpoiled => new Next(JobState.Quarantined, $"{failures.All} blanks were spoiled.", null),
        _ when fault != PrinterFault.None => new Next(JobState.Ready, "", null),
        FailureClass.Feed => new Next(JobState.Ready, "", AvoidAfterFeed),
        FailureClass.Print when failures.Print >= 2 => new Next(JobState.Ready, "", AvoidAfterPrint),
        _ => new Next(JobState.Ready, "", null),
    };

    /// <param name="AvoidFor">How long the station that failed is not given this job again; null where it may at once.</param>
    internal sealed record Next(JobState State, string Reason, TimeSpan? AvoidFor);
}
