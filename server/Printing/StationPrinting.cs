using Ktp.Health.V1;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>What stations do with the queue, each a transaction: load and lock, let a rule decide, accept the fact.</summary>
internal sealed class StationPrinting(Database database, JobWriter journal, PrintingInstruments instruments)
{
    /// <summary>The jobs that a station gets, each with its encrypted payload; none for a printer that cannot print now.</summary>
    public async Task<List<(Job Job, byte[] Payload)>> LeaseAsync(StationId station, LeaseAsk ask, DateTimeOffset now, CancellationToken cancellation)
    {
        var (leased, facts) = await database.WriteAsync(async tx =>
        {
            var facts = new List<IFact>();
            var leased = new List<(Job Job, byte[] Payload)>();
            var printer = await HearAsync(tx, station, ask, now, facts);
            var failed = await HealthStore.FindAsync(tx, new DeviceKey(DeviceKind.Printer, ask.PrinterSerial).In(station)) is { Condition.State: ConditionState.Failed };
            var taken = Leasing.MayPrint(printer, ask, failed, now)
                && Leasing.Room(ask, await CardStore.CountHopperAsync(tx, station), await JobStore.CountLeasedAsync(tx, station)) is > 0 and var room
                    ? await TakeAsync(tx, printer, (int)room, now)
                    : null;

            // By region, as everybody orders what goes into the journal.
            foreach (var job in (taken?.Jobs ?? []).Where(job => Leasing.MayLease(job, printer, now)).OrderBy(job => job.Region.Value, StringComparer.Ordinal))
            {
                if (await JobStore.FindPayloadAsync(tx, job.Id) is not { } payload)
                {
                    // Its citizen was erased while an attempt was open: there is nothing to print any more.
                    facts.Add(new JobCancelled(job.Id.Value, job.Region.Value, Erasure.Reason));
                    continue;
                }

                var fact = Leasing.Lease(job, station, now);
                facts.Add(fact);
                leased.Add((job.After(fact), payload));
            }

            await journal.AcceptAsync(tx, now, "station:" + station, facts, (taken?.Jobs ?? []).Select(job => new LockedJob(job)));
            if (taken is not null)
            {
                await TurnStore.SettleAsync(tx, taken);
            }

            return (leased, facts);
        }, cancellation);
        facts.ForEach(instruments.Accepted);
        return [.. leased.OrderBy(lease => lease.Job.RankedAt).ThenBy(lease => lease.Job.Id.Value, StringComparer.Ordinal)];
    }

    public Task<Decision> ReturnAsync(StationId station, JobId id, long epoch, DateTimeOffset now, CancellationToken cancellation) =>
        DecideAsync(station, id, now, (_, job) => ValueTask.FromResult<(Decision, Attempt?)>((Leasing.Return(job, station, epoch), null)), cancellation);

    /// <summary>The blank that may be fed.</summary>
    public async Task<(Decision Decision, long Blank)> StartAsync(
        StationId station, JobId id, long epoch, string printerSerial, ulong pickedBefore, DateTimeOffset now, CancellationToken cancellation)
    {
        Attempt? attempt = null;
        var decision = await DecideAsync(station, id, now, async (tx, job) =>
        {
            attempt = job.State == JobState.Started ? await AttemptStore.FindAsync(tx, id, epoch) : null;
            var blank = job.IsLeasedTo(station, epoch) ? await CardStore.LockLowestInHopperAsync(tx, station) : null;
            var decision = Starting.Start(job, attempt, station, epoch, printerSerial, pickedBefore, blank, now);
            return (decision is Decision.Accept accept
                ? accept with { OfPrinter = PickedCards.Check(await PrinterStore.FindCountAsync(tx, station, printerSerial), station, printerSerial, pickedBefore) }
                : decision, attempt);
        }, cancellation);
        return (decision, decision is Decision.Accept { Fact: AttemptStarted started } ? started.BlankSerial : attempt?.BlankSerial ?? 0);
    }

    public Task<Decision> ReportAsync(StationId station, JobId id, Report report, DateTimeOffset now, CancellationToken cancellation) =>
        DecideAsync(station, id, now, async (tx, job) =>
        {
            var attempt = await AttemptStore.FindAsync(tx, id, report.Epoch);
            var blank = attempt is { AwaitsReport: false } ? await CardStore.LockAsync(tx, attempt.BlankSerial) : null;
            var decision = Reporting.Decide(job, attempt, report, station, blank, now);
            return (decision is Decision.Accept { Fact: AttemptFailed or AttemptNotFed } accept
                ? accept with { OfPrinter = await DrainAsync(tx, station, attempt!, accept.Fact, now) }
                : decision, attempt);
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
                    facts.Add(fact);
                    settled.Add((job.Id, job.Epoch));
                }
            }

            await journal.AcceptAsync(tx, now, "station:" + station, facts);
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

    /// <summary>The printer, after what it says of itself was noted: it is put back where what it lacked is there again.</summary>
    private static async ValueTask<Printer> HearAsync(Tx tx, StationId station, LeaseAsk ask, DateTimeOffset now, List<IFact> facts)
    {
        var printer = await PrinterStore.FindAsync(tx, station);
        if (!printer.IsHeard || printer.RibbonLeft != ask.RibbonLeft)
        {
            await PrinterStore.SaveSupplyAsync(tx, station, ask.RibbonLeft, now);
        }

        if (!printer.IsDrained(now) || !Draining.SupplyIsBack(printer, ask, await CardStore.CountHopperAsync(tx, station)))
        {
            return printer;
        }

        var resumed = Draining.Resume(printer, byPerson: false);
        facts.Add(resumed);
        return printer.After(resumed);
    }

    private static async ValueTask<PrinterDrained?> DrainAsync(Tx tx, StationId station, Attempt attempt, JobFact settled, DateTimeOffset now)
    {
        var failures = (await PrinterStore.FindCountAsync(tx, station, attempt.PrinterSerial))?.Failures ?? 0;
        return Draining.After(await PrinterStore.FindAsync(tx, station), failures, attempt, settled, await CardStore.CountHopperAsync(tx, station), now);
    }

    /// <summary>The next jobs for a printer, locked. One that prints for its own office alone takes no turns.</summary>
    private static async ValueTask<TurnStore.Taken> TakeAsync(Tx tx, Printer printer, int room, DateTimeOffset now) => printer.PrintsForOthers
        ? await TurnStore.LockReadyAsync(tx, printer.Prints, printer.Station, now, room)
        : new TurnStore.Taken(await JobStore.LockReadyAsync(tx, printer.Prints, printer.Station, now, room), [], []);

    private async Task<Decision> DecideAsync(
        StationId station, JobId id, DateTimeOffset now, Func<Tx, Job, ValueTask<(Decision Decision, Attempt? Attempt)>> decide, CancellationToken cancellation)
    {
        var decision = await database.WriteAsync(async tx =>
        {
            var job = await JobStore.LockAsync(tx, id) ?? throw Refuse.NotFound($"Job {id} is not known.");
            var (decision, attempt) = await decide(tx, job);
            if (decision is Decision.Accept accept)
            {
                await journal.AcceptAsync(tx, now, "station:" + station, accept.Facts, new LockedJob(job, attempt));
            }
            else if (decision is Decision.Reject { Evidence: ReportRefused evidence } && !await AttemptStore.IsRefusedAsync(tx, evidence))
            {
                await journal.AcceptAsync(tx, now, "station:" + station, evidence);
            }

            return decision;
        }, cancellation);
        if (decision is Decision.Accept accepted)
        {
            accepted.Facts.ToList().ForEach(instruments.Accepted);
        }
        else if (decision is Decision.Reject rejected)
        {
            instruments.Rejected(rejected.Why);
        }

        return decision;
    }
}
