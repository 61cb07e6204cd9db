using Ktp.Health.V1;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>What stations do with the queue, each a transaction: load and lock, let a rule decide, accept the fact.</summary>
internal sealed class StationPrinting(Database database, JournalWriter journal, PrintingInstruments instruments)
{
    /// <summary>The jobs that a station gets, each with its encrypted payload; none for a printer that has failed.</summary>
    public async Task<List<(Job Job, byte[] Payload)>> LeaseAsync(StationId station, string printerSerial, long most, DateTimeOffset now, CancellationToken cancellation)
    {
        var leased = await database.WriteAsync(async tx =>
        {
            var leases = new List<(JobLeased Fact, Job Job, byte[] Payload)>();
            if (await HealthStore.FindAsync(tx, new DeviceKey(DeviceKind.Printer, printerSerial).In(station)) is { Condition.State: ConditionState.Failed })
            {
                return leases;
            }

            var room = Leasing.Room(most, await CardStore.CountHopperAsync(tx, station), await JobStore.CountLeasedAsync(tx, station));
            if (room == 0)
            {
                return leases;
            }

            foreach (var job in (await JobStore.LockReadyAsync(tx, station, now, room)).Where(job => Leasing.MayLease(job, station, now)))
            {
                if (await JobStore.FindPayloadAsync(tx, job.Id) is not { } payload)
                {
                    // Its citizen was erased while an attempt was open: there is nothing to print any more.
                    await journal.AcceptAsync(tx, now, "server", new JobCancelled(job.Id.Value, job.Region.Value, Erasure.Reason));
                    continue;
                }

                var fact = Leasing.Lease(job, station, now);
                await journal.AcceptAsync(tx, now, "station:" + station, fact);
                leases.Add((fact, job.After(fact), payload));
            }

            return leases;
        }, cancellation);
        leased.ForEach(lease => instruments.Accepted(lease.Fact));
        return [.. leased.OrderBy(lease => lease.Job.Priority).ThenBy(lease => lease.Job.Id.Value, StringComparer.Ordinal).Select(lease => (lease.Job, lease.Payload))];
    }

    public Task<Decision> ReturnAsync(StationId station, JobId id, long epoch, DateTimeOffset now, CancellationToken cancellation) =>
        DecideAsync(station, id, now, (_, job) => ValueTask.FromResult(Leasing.Return(job, station, epoch)), cancellation);

    /// <summary>The blank that may be fed.</summary>
    public async Task<(Decision Decision, long Blank)> StartAsync(
        StationId station, JobId id, long epoch, string printerSerial, ulong pickedBefore, DateTimeOffset now, CancellationToken cancellation)
    {
        Attempt? attempt = null;
        var decision = await DecideAsync(station, id, now, async (tx, job) =>
        {
            attempt = job.State == JobState.Started ? await AttemptStore.FindAsync(tx, id, epoch) : null;
            var blank = job.IsLeasedTo(station, epoch) ? await CardStore.LockLowestInHopperAsync(tx, station) : null;
            return Starting.Start(job, attempt, station, epoch, printerSerial, pickedBefore, blank, now);
        }, cancellation);
        return (decision, decision is Decision.Accept { Fact: AttemptStarted started } ? started.BlankSerial : attempt?.BlankSerial ?? 0);
    }

    public Task<Decision> ReportAsync(StationId station, JobId id, Report report, DateTimeOffset now, CancellationToken cancellation) =>
        DecideAsync(station, id, now, async (tx, job) =>
        {
            var attempt = await AttemptStore.FindAsync(tx, id, report.Epoch);
            var free = attempt is { State: AttemptState.NotFed }
                && await CardStore.LockAsync(tx, attempt.BlankSerial) is { State: CardState.Hopper } blank && blank.Station == station;
            return Reporting.Decide(job, attempt, report, station, free, now);
        }, cancellation);

    /// <summary>Of what an agent believes active: what is not; and of what it does not name: what was settled.</summary>
    public async Task<(List<(JobId Job, long Epoch)> Stale, List<(JobId Job, long Epoch)> Settled)> ReconcileAsync(
        StationId station, HashSet<(JobId Job, long Epoch)> believed, DateTimeOffset now, CancellationToken cancellation)
    {
        var (stale, facts, settled) = await database.WriteAsync(async tx =>
        {
            var facts = new List<JobFact>();
            var settled = new List<(JobId, long)>();
            foreach (var job in await JobStore.LockActiveAsync(tx, station))
            {
                if (!believed.Contains((job.Id, job.Epoch)) && Leasing.Forgotten(job, await AttemptStore.FindAsync(tx, job.Id, job.Epoch)) is { } fact)
                {
                    await journal.AcceptAsync(tx, now, "station:" + station, fact);
                    facts.Add(fact);
                    settled.Add((job.Id, job.Epoch));
                }
            }

            var stale = new List<(JobId, long)>();
            foreach (var (id, epoch) in believed)
            {
                if (await JobStore.FindAsync(tx, id) is not { } job || !Leasing.IsActive(job, station, epoch))
                {
                    stale.Add((id, epoch));
                }
            }

            return (stale, facts, settled);
        }, cancellation);
        facts.ForEach(instruments.Accepted);
        return (stale, settled);
    }

    private async Task<Decision> DecideAsync(
        StationId station, JobId id, DateTimeOffset now, Func<Tx, Job, ValueTask<Decision>> decide, CancellationToken cancellation)
    {
        var decision = await database.WriteAsync(async tx =>
        {
            var job = await JobStore.LockAsync(tx, id) ?? throw Refuse.NotFound($"Job {id} is not known.");
            var decision = await decide(tx, job);
            if (decision is Decision.Accept accept)
            {
                await journal.AcceptAsync(tx, now, "station:" + station, accept.Fact);
            }
            else if (decision is Decision.Reject { Evidence: ReportRefused evidence } && !await AttemptStore.IsRefusedAsync(tx, evidence))
            {
                await journal.AcceptAsync(tx, now, "station:" + station, evidence);
            }

            return decision;
        }, cancellation);
        if (decision is Decision.Accept accepted)
        {
            instruments.Accepted(accepted.Fact);
        }
        else if (decision is Decision.Reject rejected)
        {
            instruments.Rejected(rejected.Why);
        }

        return decision;
    }
}
