using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// Accepts facts of the queue: first the journal's tables, in the order of regions, then the turns of the offices that have
/// something to print by them. Everybody keeps this order, so that no two transactions wait for each other.
/// </summary>
internal sealed class JobWriter(JournalWriter journal)
{
    public ValueTask AcceptAsync(Tx tx, DateTimeOffset now, string actor, params IFact[] facts) => AcceptAsync(tx, now, actor, (IReadOnlyList<IFact>)facts);

    /// <param name="facts">By region, where they are of several jobs.</param>
    /// <param name="locked">What the caller has locked of their jobs.</param>
    public async ValueTask AcceptAsync(Tx tx, DateTimeOffset now, string actor, IReadOnlyList<IFact> facts, params IEnumerable<LockedJob> locked)
    {
        var rows = locked.ToDictionary(row => row.Job.Id.Value);
        foreach (var fact in facts)
        {
            // Each serves once: behind its first fact a job is another one.
            var row = fact is JobFact ofJob && rows.Remove(ofJob.JobId, out var found) ? found : null;
            await journal.AcceptAsync(tx, now, actor, fact, row);
        }

        foreach (var office in facts.OfType<JobFact>().Where(fact => fact.MakesReady).Select(fact => RegionCode.Trusted(fact.Region).Office.Value).Distinct().Order(StringComparer.Ordinal))
        {
            await TurnStore.JoinAsync(tx, RegionCode.Trusted(office));
        }
    }
}

/// <summary>A job that this transaction has locked, with its current attempt where that was read too.</summary>
internal sealed record LockedJob(Job Job, Attempt? Attempt = null);
