using Ktp.Cards.V1;
using Ktp.Coverage.V1;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Printing.V1;
using KtpGrpc.Fleet.Run;

namespace KtpGrpc.Fleet.Live;

/// <summary>The city as the server tells it at one moment, through the same API that anybody has.</summary>
internal sealed record CityPicture(
    IReadOnlyList<Condition> Conditions, IReadOnlyList<Incident> Incidents, IReadOnlyList<StateTotal> Jobs, Balance Blanks, Coverage Coverage)
{
    public long JobsIn(JobState state) => Jobs.Where(total => total.State == state).Sum(total => total.Jobs);

    /// <summary>The worst that is believed of a station's devices; null while nothing is known of it.</summary>
    public Condition? WorstOf(string stationId) => WorstOf(Conditions.Where(condition => condition.StationId == stationId));

    public static Condition? WorstOf(IEnumerable<Condition> conditions) =>
        conditions.MaxBy(condition => condition.State == ConditionState.Unknown ? -1 : (int)condition.State);
}

/// <summary>Asks the server for a picture.</summary>
internal sealed class CityReader(ServerLink server, string city, IReadOnlyList<string> offices)
{
    private const int Page = 1000;

    private readonly HealthService.HealthServiceClient _health = new(server.Invoker);
    private readonly IncidentService.IncidentServiceClient _incidents = new(server.Invoker);
    private readonly PrintingService.PrintingServiceClient _printing = new(server.Invoker);
    private readonly CardService.CardServiceClient _cards = new(server.Invoker);
    private readonly CoverageService.CoverageServiceClient _coverage = new(server.Invoker);

    public async Task<CityPicture> ReadAsync(CancellationToken cancellation)
    {
        var conditions = server.CallAsync(options => _health.ListConditionsAsync(new() { RegionCode = city, PageSize = Page }, options), cancellation);
        var incidents = server.CallAsync(options => _incidents.ListIncidentsAsync(new() { RegionCode = city, OpenOnly = true, PageSize = Page }, options), cancellation);
        var jobs = server.CallAsync(options => _printing.GetTotalsAsync(new() { RegionCode = city }, options), cancellation);
        var blanks = Books.OfAsync(offices, office => server.CallAsync(options => _cards.GetBalanceAsync(new() { OfficeCode = office }, options), cancellation));
        var coverage = server.CallAsync(options => _coverage.GetCoverageAsync(new() { RegionCode = city }, options), cancellation);
        return new CityPicture(
            (await conditions).Conditions, (await incidents).Incidents, (await jobs).Totals, await blanks, (await coverage).Coverage);
    }
}
