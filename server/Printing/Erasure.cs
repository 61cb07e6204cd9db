using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// An erased citizen leaves no payload behind: it knows his NIK and name. What was not started is cancelled; what was
/// printed stays printed, and what is started or unknown stays what it is.
/// </summary>
internal sealed class Erasure(JournalWriter journal, DomainClock clock)
{
    public const string Reason = "The citizen was erased.";

    public async ValueTask HandleAsync(Tx tx, SealedFact news, IFact fact)
    {
        foreach (var job in await JobStore.LockOfCitizenAsync(tx, new CitizenId(((CitizenErased)fact).CitizenId)))
        {
            await JobStore.DropPayloadAsync(tx, job.Id);
            if (job.State is JobState.Held or JobState.Ready or JobState.Leased or JobState.Quarantined)
            {
                await journal.AcceptAsync(tx, clock.Now, "server", new JobCancelled(job.Id.Value, job.Region.Value, Reason));
            }
        }
    }
}
