using KtpGrpc.Server.Cards;

namespace KtpGrpc.Server.Printing;

/// <summary>What an officer may do with a job: park it, let it go on, cancel it.</summary>
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

    /// <summary>At once where no card is, or one that nobody was given; else as soon as it is known whether there is one.</summary>
    /// <param name="attempt">The attempt of the job's epoch, where one was started.</param>
    /// <param name="blank">Its blank as the ledger has it.</param>
    public static Decision Cancel(Job job, Attempt? attempt, Card? blank, string reason) => job.State switch
    {
        JobState.Cancelled => new Decision.AsBefore(job.State),
        JobState.Started or JobState.Unknown => job.CancelRequested
            ? new Decision.AsBefore(job.State)
            : new Decision.Accept(new CancelRequested(job.Id.Value, job.Region.Value, reason)),
        JobState.Printed or JobState.Verified => new Decision.Accept(Handing.Spoil(job, attempt!, blank, JobState.Cancelled, reason)),
        JobState.HandedOver => NotNow(job, "Its card was handed over: withdraw the card."),
        _ => new Decision.Accept(new JobCancelled(job.Id.Value, job.Region.Value, reason)),
    };

    private static Decision.Reject NotNow(Job job, string rule) => new(Rejection.NotNow, $"The job is {job.StateWord}. {rule}");
}
