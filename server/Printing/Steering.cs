namespace KtpGrpc.Server.Printing;

/// <summary>What an officer may do with a job: park it, let it go on, cancel it while nothing was started.</summary>
internal static class Steering
{
    public static Decision Hold(Job job, string reason) => job.State switch
    {
        JobState.Held when job.Reason == reason => new Decision.AsBefore(job.State),
        JobState.Held or JobState.Ready => new Decision.Accept(new JobHeld(job.Id.Value, job.Region.Value, reason)),
        _ => NotNow(job, "Only a waiting job can be held."),
    };

    public static Decision Release(Job job) => job.State switch
    {
        JobState.Ready => new Decision.AsBefore(job.State),
        JobState.Held or JobState.Quarantined => new Decision.Accept(new JobReleased(job.Id.Value, job.Region.Value)),
        _ => NotNow(job, "Only a held or quarantined job can be released."),
    };

    public static Decision Cancel(Job job, string reason) => job.State switch
    {
        JobState.Cancelled => new Decision.AsBefore(job.State),
        JobState.Held or JobState.Ready or JobState.Leased => new Decision.Accept(new JobCancelled(job.Id.Value, job.Region.Value, reason)),
        _ => NotNow(job, "Only a job that was not started can be cancelled."),
    };

    private static Decision.Reject NotNow(Job job, string rule) => new(Rejection.NotNow, $"The job is {job.State}. {rule}");
}
