namespace KtpGrpc.Server.Printing;

/// <summary>How a job goes on after a failed attempt: once more here, then elsewhere or later, then not without a person.</summary>
internal static class FailurePolicy
{
    /// <summary>A jam is the printer's, not the card's: the job may come back when somebody had time to clear it.</summary>
    public static readonly TimeSpan AvoidAfterFeed = TimeSpan.FromMinutes(30);

    /// <summary>Where no other station prints, the job comes back the next day.</summary>
    public static readonly TimeSpan AvoidAfterPrint = TimeSpan.FromDays(1);

    /// <summary>Blanks that one job may spoil before a person looks at it.</summary>
    private const int MostSpoiled = 4;

    /// <param name="failures">All failures of the job, the last one included.</param>
    public static Next After(Failures failures, FailureClass last) => last switch
    {
        _ when failures.Encode >= 2 => new Next(JobState.Quarantined, "The chip could not be written twice: the record may be at fault.", null),
        _ when failures.All >= MostSpoiled => new Next(JobState.Quarantined, $"{failures.All} blanks were spoiled.", null),
        FailureClass.Feed => new Next(JobState.Ready, "", AvoidAfterFeed),
        FailureClass.Print when failures.Print >= 2 => new Next(JobState.Ready, "", AvoidAfterPrint),
        _ => new Next(JobState.Ready, "", null),
    };

    /// <param name="AvoidFor">How long the station that failed is not given this job again; null where it may at once.</param>
    internal sealed record Next(JobState State, string Reason, TimeSpan? AvoidFor);
}
