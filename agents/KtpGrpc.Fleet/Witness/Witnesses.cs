using Ktp.Cards.V1;
using Ktp.Enrolment.V1;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Journal.V1;
using Ktp.Printing.V1;
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
        return new Summary(
            plan.File.Name,
            plan.Seed,
            run.Stations.Count,
            run.Stations.Count(station => station.HasJoined),
            await PacketsAsync(hashes, packetFolder, cancellation),
            await CardsAsync(run, cancellation),
            await DevicesAsync(cancellation),
            new RegionSummary(_city, Opened(incidents, IncidentKind.OneKitLeft), Opened(incidents, IncidentKind.NoKitLeft)),
            new IncidentSummary(incidents.Count, incidents.Count(incident => IncidentJudge.IsFalse(incident, plan))),
            await JournalAsync(cancellation));
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
        var books = (await server.CallAsync(options => cards.GetBalanceAsync(new() { OfficeCode = _city }, options), cancellation)).Balance;
        long In(JobState state) => jobs.Totals.Where(total => total.State == state).Sum(total => total.Jobs);
        return new CardSummary(
            jobs.Enqueued, In(JobState.Printed), Ruined(books), books.Custody + books.Listed, books.Destroyed, In(JobState.Unknown), run.Tally.PrintedTwice, books.Received,
            IsBalanced(books, run.Tally, run.BlanksHandedOver, run.SpoiledCards));
    }

    private async Task<IReadOnlyList<DeviceSummary>> DevicesAsync(CancellationToken cancellation)
    {
        var devices = new List<DeviceSummary>();
        foreach (var death in plan.Deaths)
        {
            var kind = death.Device ?? DeviceKind.Station;
            var history = await HistoryAsync(death.StationId, cancellation);
            devices.Add(BeliefOfDevice.Of(death, [.. history.Where(condition => condition.Device.Kind == kind)]));
        }

        return devices;
    }

    private async Task<List<Condition>> HistoryAsync(string stationId, CancellationToken cancellation)
    {
        var client = new HealthService.HealthServiceClient(server.Invoker);
        var request = new ListHistoryRequest { RegionCode = _city, StationId = stationId, PageSize = Page };
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
        var request = new ListIncidentsRequest { RegionCode = _city, PageSize = Page };
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
