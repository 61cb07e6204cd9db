using KtpGrpc.Server.Enrolment;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>
/// Measures how long a citizen waits from his capture to his card, as the journal tells it. What it keeps are figures and no facts:
/// they are made anew from the journal's beginning wherever its tables are empty.
/// </summary>
internal static class ServiceFollower
{
    public const string Name = "coverage.service";

    public static Follower ToFollower() => new(
        Name,
        new HashSet<string> { PacketReceived.Kind, JobEnqueued.Kind, JobCancelled.Kind, AttemptPrinted.Kind, AttemptResolved.Kind, CardHandedOver.Kind },
        HandleAsync);

    private static ValueTask HandleAsync(Tx tx, SealedFact news, IFact fact) => fact switch
    {
        PacketReceived packet => ServiceStore.CapturedAsync(tx, packet.CitizenId, packet.StationId, CaptureMoment.Of(packet.CapturedAt, news.At),
            packet.CaptureSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
        JobEnqueued job => ServiceStore.OweAsync(tx, job.JobId, job.CitizenId),
        JobCancelled job => ServiceStore.ForgetJobAsync(tx, job.JobId),
        AttemptPrinted { Next: null } card => ServiceStore.PrintedAsync(tx, card.JobId, news.At),
        AttemptResolved { Finding: Finding.Printed, Next: JobState.Printed } card => ServiceStore.PrintedAsync(tx, card.JobId, news.At),
        CardHandedOver card => ServiceStore.HandedOverAsync(tx, card.JobId, news.At),
        _ => ValueTask.CompletedTask,
    };
}
