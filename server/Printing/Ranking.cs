namespace KtpGrpc.Server.Printing;

/// <summary>
/// The order of an office's queue: by age, and each class as if it had come later by its handicap. So a class waits behind
/// younger jobs of a better one, and only for so long. The key never changes, so an index holds the order.
/// </summary>
internal static class Ranking
{
    public static TimeSpan HandicapOf(JobPriority priority) => priority switch
    {
        JobPriority.FirstTime => TimeSpan.Zero,
        JobPriority.Disaster => TimeSpan.FromDays(1),
        JobPriority.SuketReplacement => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(14),
    };

    public static DateTimeOffset RankedAt(DateTimeOffset enqueuedAt, JobPriority priority) => enqueuedAt + HandicapOf(priority);
}
