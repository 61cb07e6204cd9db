using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Journal.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

/// <summary>Forty offices of two kits, in lock step: each half hour of their days the clock moves, then those speak that are not mute.</summary>
public sealed class SilentCountryTests
{
    private const int Offices = 40;
    private const int Learned = 14;

    private static readonly DateTimeOffset _monday = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task HalfOfTheCountry_SilentTogether_IsOneIncident_AndADeadKitResurfacesAfterIt(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine, scenario: _monday);
        var kits = await JoinAsync(server);
        await LiveAsync(server, kits, _monday, 15, Learned);
        List<Kit> silent = [.. kits[..(Offices / 2)], .. kits[Offices..(Offices + Offices / 2)]];

        await LiveAsync(server, [.. kits.Except(silent)], _monday.AddDays(Learned), 5);
        var during = await IncidentsAsync(server);
        var conditions = await new HealthService.HealthServiceClient(server.Admin).ListConditionsAsync(
            new ListConditionsRequest { RegionCode = silent[0].Id.Region.Value, StationId = silent[0].Id.Value });
        var (back, dead) = (_monday.AddDays(Learned).AddHours(2.5), silent[7]);
        await LiveAsync(server, [.. kits.Where(kit => kit != dead)], back, 9);
        var after = await IncidentsAsync(server);

        var told = Assert.Single(during);
        Assert.Equal((IncidentKind.RegionSilent, "", ""), (told.Kind, told.RegionCode, told.StationId));
        Assert.All(conditions.Conditions, condition => Assert.Equal(ConditionState.Unknown, condition.State));
        Assert.Contains("country", conditions.Conditions.Single(condition => condition.Device.Kind == DeviceKind.Station).Evidence[0].Summary, StringComparison.Ordinal);
        Assert.InRange(after.Single(incident => incident.IncidentId == told.IncidentId).ClosedAt.ToDateTimeOffset(), back, back.AddHours(0.5));
        Assert.Equal(
            [(IncidentKind.StationSilent, dead.Id.Value), (IncidentKind.OneKitLeft, "")],
            after.Where(incident => incident.ClosedAt is null).Select(incident => (incident.Kind, incident.StationId)).Order());

        // Two expected hours, of a kit whose hours were learned in two weeks.
        Assert.All(after.Where(incident => incident.ClosedAt is null), incident => Assert.InRange(incident.OpenedAt.ToDateTimeOffset(), back.AddHours(2), back.AddHours(3.5)));
        Assert.Empty(await server.FaultsAsync());
        Assert.Empty((await new JournalService.JournalServiceClient(server.Admin).VerifyJournalAsync(new VerifyJournalRequest())).Faults);
    }

    [Fact]
    public async Task SilentCountry_OfAServerThatStartsAgain_StaysOneIncident()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        var kits = await JoinAsync(server);
        await LiveAsync(server, kits, _monday, 15, Learned);
        await LiveAsync(server, kits[Offices..], _monday.AddDays(Learned), 6);

        await using var again = await server.RestartAsync();
        kits.ForEach(kit => kit.Server = again);
        await LiveAsync(again, kits[Offices..], _monday.AddDays(Learned).AddHours(3), 8);
        await LiveAsync(again, kits, _monday.AddDays(Learned + 1), 6);

        var told = Assert.Single(await IncidentsAsync(again));
        Assert.Equal(("", IncidentKind.RegionSilent), (told.RegionCode, told.Kind));
        Assert.NotNull(told.ClosedAt);
        Assert.Empty(await again.FaultsAsync());
    }

    /// <summary>The first kits of all offices, then the second ones.</summary>
    private static async Task<List<Kit>> JoinAsync(RunningServer server)
    {
        string[] districts = [.. Enumerable.Range(1, Offices).Select(number => $"53.{number:00}.01")];
        await server.PutRegionsAsync(districts);
        var kits = new List<Kit>();
        foreach (var district in districts.Order().SelectMany(district => new[] { district, district }).Select((district, i) => (district, i)).OrderBy(desk => desk.i % 2).ThenBy(desk => desk.i))
        {
            kits.Add(new Kit(server, (await server.JoinAsync(district.district)).Id));
            await kits[^1].HelloAsync(_monday);
        }

        return kits;
    }

    /// <summary>So many half hours from a moment of each day; the clock is moved before the kits speak.</summary>
    private static async Task LiveAsync(RunningServer server, List<Kit> speaking, DateTimeOffset from, int beats, int days = 1)
    {
        for (var day = 0; day < days; day++)
        {
            for (var beat = 0; beat < beats; beat++)
            {
                var now = from.AddDays(day).AddMinutes(30 * beat);
                await server.AdvanceAsync(now);
                foreach (var kit in speaking)
                {
                    await kit.BeatAsync(now);
                }
            }
        }
    }

    private static async Task<List<Incident>> IncidentsAsync(RunningServer server) =>
        [.. (await new IncidentService.IncidentServiceClient(server.Admin).ListIncidentsAsync(new ListIncidentsRequest { PageSize = 1000 })).Incidents];
}
