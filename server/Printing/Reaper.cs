using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>Ends leases and attempts whose time is over. What was started becomes unknown; it is never ready again by time alone.</summary>
internal sealed class Reaper(Database database, JobWriter journal, PrintingInstruments instruments)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private const int Batch = 500;

    public async Task RunAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        while (await database.ReadAsync(tx => JobStore.AnyDueAsync(tx, now), cancellation))
        {
            var facts = await database.WriteAsync(tx => ReapAsync(tx, now), cancellation);
            facts.ForEach(instruments.Accepted);
            if (facts.Count == 0)
            {
                // Somebody is deciding on what is due; the next run looks again.
                break;
            }
        }

        var totals = await database.ReadAsync(tx => QueueView.GetTotalsAsync(tx, RegionCode.Country), cancellation);
        instruments.JobsAre(totals.Jobs);
    }

    private async ValueTask<List<JobFact>> ReapAsync(Tx tx, DateTimeOffset now)
    {
        var facts = new List<JobFact>();
        foreach (var job in await JobStore.LockDueAsync(tx, now, Batch))
        {
            if (Leasing.Due(job, await AttemptStore.FindAsync(tx, job.Id, job.Epoch), now) is { } fact)
            {
                facts.Add(fact);
            }
        }

        await journal.AcceptAsync(tx, now, "server", facts);
        return facts;
    }
}
