using Ktp.Cards.V1;
using Ktp.Enrolment.V1;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Journal.V1;
using Ktp.Printing.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;

namespace KtpGrpc.Fleet.Witness;

/// <summary>
/// Hears everybody at the end of a run, nobody about himself: the printers about the cards, the disk about the packets,
/// the scenario about what was broken, the server about what it believed.
/// </summary>
internal sealed class Witnesses(FleetPlan plan, ServerLink server)
{
    private const int Page = 1000;

    private readonly string _city = plan.File.City;

    public async Task<Summary> HearAsync(LockStep run, string packetFolder, CancellationToken cancellation)
    {
        var hashes = run.Stations.SelectMany(station => station.Sealed).ToList();
        var incidents = await IncidentsAsync(cancellation);
        var history = await HistoryAsync(cancellation);
        return new Summary(
            plan.File.Name,
            plan.Seed,
            run.Stations.Count,
            run.Stations.Count(station => station.HasJoined),
            await PacketsAsync(hashes, packetFolder, cancellation),
            await CardsAsync(run, cancellation),
            Devices(history),
            new RegionSummary(_city, Opened(incidents, IncidentKind.OneKitLeft), Opened(incidents, IncidentKind.NoKitLeft)),
            new IncidentSummary(incidents.Count, incidents.Count(incident => IncidentJudge.IsFalse(incident, plan))),
            await JournalAsync(cancellation))
        {
            Province = run.Technicians is { } technicians ? await ProvinceAsync(technicians, incidents, history, cancellation) : null,
        };
    }

    /// <summary>The server's books add up in themselves, and agree with the hand-over documents, the printers and the custodian's own count.</summary>
    internal static bool IsBalanced(Balance books, PrintTally tally, long handedOver, (long Kept, long Destroyed) spoiled) =>
        books.Received == books.Vault + books.Hopper + books.Consuming + books.Issued + Ruined(books)
        && books.Received == handedOver
        && books.Issued + Ruined(books) + books.Consuming >= tally.Good + tally.Spoiled
        && books.Issued <= tally.Good
        && Ruined(books) <= tally.Spoiled
        && (books.Custody + books.Listed, books.Destroyed) == spoiled;

    /// <summary>Spoiled in production, wherever they are now: nobody of a scenario withdraws a card.</summary>
    private static long Ruined(Balance books) => books.Spoiled + books.Custody + books.Listed + books.Destroyed;

    private async Task<PacketSummary> PacketsAsync(List<string> hashes, string folder, CancellationToken cancellation)
    {
        var client = new EnrolmentService.EnrolmentServiceClient(server.Invoker);
        var totals = await server.CallAsync(options => client.GetTotalsAsync(new() { RegionCode = _city }, options), cancellation);
        return new PacketSummary(hashes.Count, totals.Packets, PacketWitness.Lost(hashes, folder), totals.DuplicatesRefused);
    }

    private async Task<CardSummary> CardsAsync(LockStep run, CancellationToken cancellation)
    {
        var printing = new PrintingService.PrintingServiceClient(server.Invoker);
        var cards = new CardService.CardServiceClient(server.Invoker);
        var jobs = await server.CallAsync(options => printing.GetTotalsAsync(new() { RegionCode = _city }, options), cancellation);
        var books = await Books.OfAsync(plan.Offices, office => server.CallAsync(options => cards.GetBalanceAsync(new() { OfficeCode = office }, options), cancellation));
        long In(JobState state) => jobs.Totals.Where(total => total.State == state).Sum(total => total.Jobs);
        return new CardSummary(
            jobs.Enqueued, In(JobState.Printed), Ruined(books), books.Custody + books.Listed, books.Destroyed, In(JobState.Unknown), run.Tally.PrintedTwice, books.Received,
            IsBalanced(books, run.Tally, run.BlanksHandedOver, run.SpoiledCards));
    }

    private async Task<ProvinceSummary> ProvinceAsync(Technicians technicians, List<Incident> incidents, List<Condition> history, CancellationToken cancellation)
    {
        var (monitored, onComplaint) = (PolicyOutcome.Of(plan, plan.Lives, technicians.Trips), RepairPolicy.OnComplaint(plan));
        var repairs = await RepairsAsync(cancellation);
        return new ProvinceSummary(
            WarningJudge.Warnings(plan, history, ConditionState.Degraded),
            WarningJudge.Warnings(plan, history, ConditionState.Failing),
            WarningJudge.Deaths(plan, history),
            plan.Storms.Count,
            incidents.Count(incident => IncidentJudge.IsHoliday(incident, plan, incident.OpenedAt.ToDateTimeOffset())),
            incidents.Where(incident => IncidentJudge.IsFalse(incident, plan)).GroupBy(incident => incident.Kind).OrderBy(kind => kind.Key)
                .ToDictionary(kind => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.Key.ToString()), kind => kind.Count()),
            new RepairSummary(
                repairs.Count, repairs.Count(repair => repair.State == RepairState.Verified), repairs.Sum(repair => repair.CameBack), technicians.TripsForNothing),
            monitored,
            RepairPolicy.AtDeath(plan),
            onComplaint,
            SavedSummary.Of(plan, monitored, onComplaint));
    }

    private List<DeviceSummary> Devices(List<Condition> history) =>
    [
        .. WarningJudge.Told(plan, history).Where(told => told.Life.DiedAt < plan.End).OrderBy(told => told.Life.DiedAt)
            .Select(told => BeliefOfDevice.Of(told.Life, told.Changes)),
    ];

    private async Task<List<Condition>> HistoryAsync(CancellationToken cancellation)
    {
        var client = new HealthService.HealthServiceClient(server.Invoker);
        var request = new ListHistoryRequest { RegionCode = _city, PageSize = Page };
        var history = new List<Condition>();
        do
        {
            var page = await server.CallAsync(options => client.ListHistoryAsync(request, options), cancellation);
            history.AddRange(page.Conditions);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return history;
    }

    private async Task<List<Incident>> IncidentsAsync(CancellationToken cancellation)
    {
        var client = new IncidentService.IncidentServiceClient(server.Invoker);

        // What all of a province's offices have in common is the country's: it may be the only province that is heard.
        var request = new ListIncidentsRequest { RegionCode = plan.File.Province is null ? _city : "", PageSize = Page };
        var incidents = new List<Incident>();
        do
        {
            var page = await server.CallAsync(options => client.ListIncidentsAsync(request, options), cancellation);
            incidents.AddRange(page.Incidents);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return incidents;
    }

    private async Task<List<Repair>> RepairsAsync(CancellationToken cancellation)
    {
        var client = new RepairService.RepairServiceClient(server.Invoker);
        var request = new ListRepairsRequest { RegionCode = _city, PageSize = Page };
        var repairs = new List<Repair>();
        do
        {
            var page = await server.CallAsync(options => client.ListRepairsAsync(request, options), cancellation);
            repairs.AddRange(page.Repairs);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return repairs;
    }

    private async Task<JournalSummary> JournalAsync(CancellationToken cancellation)
    {
        var client = new JournalService.JournalServiceClient(server.Invoker);
        var verified = await server.CallAsync(options => client.VerifyJournalAsync(new VerifyJournalRequest(), options), cancellation);
        foreach (var fault in verified.Faults)
        {
            await Console.Error.WriteLineAsync($"journal: {fault}");
        }

        return new JournalSummary(verified.Entries, verified.Verified);
    }

    /// <summary>The first true one: a false one counts as false, and not as the warning that was needed.</summary>
    private DateTime? Opened(IEnumerable<Incident> incidents, IncidentKind kind) => incidents
        .Where(incident => incident.Kind == kind && incident.RegionCode == _city && !IncidentJudge.IsFalse(incident, plan))
        .Select(incident => (DateTime?)incident.OpenedAt.ToDateTime())
        .Min();
}
