using Grpc.Core;
using Ktp.Health.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using HealthServiceClient = Ktp.Health.V1.HealthService.HealthServiceClient;

namespace KtpGrpc.Server.Tests.Health;

/// <summary>Kits whose counters are compared with those of their model, on a real server.</summary>
public sealed class WatchedCountersTests
{
    private const int Kits = 8;
    private const int Days = 25;

    private static readonly DateTimeOffset _monday = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _after = _monday.AddDays(Days);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Host_WhoseUplinkFails_IsFailing_ExplainedAlsoByAnotherServer_AndBeginsAnewWhenExchanged(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine, scenario: _monday);
        var fleet = await LiveAsync(server);
        var (kit, host) = (fleet[2], fleet[2].Devices[4]);

        await kit.TakeAsync(_after, Lost(fleet[2], _after, 80));
        var failing = await ExplainAsync(server, kit, host);
        await RunAsync(server, _after.AddMinutes(1));
        if (engine == Engine.Postgres)
        {
            await using var other = await RunningServer.StartAsync(like: server.Options);
            var elsewhere = await ExplainAsync(other, kit, host);
            Assert.Equal(failing.Statements, elsewhere.Statements);
            Assert.Equal(_after.AddMinutes(1), elsewhere.AsOf.ToDateTimeOffset());
        }

        await kit.HelloAsync(_after.AddMinutes(2), host);
        await kit.TakeAsync(_after.AddMinutes(3), Lost(kit, _after.AddMinutes(3), 0));
        var exchanged = await ExplainAsync(server, kit, host);
        var station = await ExplainAsync(server, kit, new Device { Kind = DeviceKind.Station, Serial = kit.Id.Value });

        Assert.Equal((ConditionState.Failing, Certainty.Likely), (failing.Condition.State, failing.Certainty));
        Assert.Equal("counter-surprise", failing.Statements[0].Evidence.Detector);
        Assert.Contains("1 in ", failing.Statements[0].Evidence.Summary, StringComparison.Ordinal);
        Assert.Equal((ConditionState.Healthy, Certainty.Unspecified), (exchanged.Condition.State, exchanged.Certainty));
        Assert.Contains("usual for this model", Assert.Single(exchanged.Statements).Evidence.Summary, StringComparison.Ordinal);
        Assert.Contains("Heard last on", Assert.Single(station.Statements).Evidence.Summary, StringComparison.Ordinal);
        await VerifyAsync(server);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Model_WhoseHostsGoBadTogether_IsOneTrouble_AndHoldsTheRest(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine, scenario: _monday);
        var fleet = await LiveAsync(server);
        foreach (var kit in fleet[..5])
        {
            await kit.TakeAsync(_after, Lost(kit, _after, 80));
        }

        foreach (var kit in fleet[5..])
        {
            await kit.TakeAsync(_after, Lost(kit, _after, 1));
        }

        await RunAsync(server, _after.AddMinutes(2));
        await RunAsync(server, _after.AddMinutes(4));
        await fleet[6].TakeAsync(_after.AddMinutes(5), Lost(fleet[6], _after.AddMinutes(5), 80));
        var held = await ExplainAsync(server, fleet[6], fleet[6].Devices[4]);
        await RunAsync(server, _after.AddMinutes(6));
        await RunAsync(server, _after.AddMinutes(8));
        await using var again = await server.RestartAsync();
        var shifts = await FactsAsync(again, ModelShifted.Kind);

        Assert.Equal(ConditionState.Healthy, held.Condition.State);
        Assert.Contains(held.Unknowns, words => words.Contains("many of its model", StringComparison.Ordinal));
        Assert.Equal(2, shifts.Count);
        Assert.Contains("lost uplinks than usual at 5 of the 8 that were heard today", shifts[0], StringComparison.Ordinal);
        Assert.Contains("lost uplinks than usual at 6 of the 8 that were heard this week", shifts[1], StringComparison.Ordinal);
        foreach (var kit in fleet)
        {
            kit.Server = again;
            await kit.HelloAsync(_after.AddMinutes(9));
        }

        for (var day = 1; day < 20; day++)
        {
            foreach (var kit in fleet)
            {
                await kit.TakeAsync(_after.AddDays(day), Lost(kit, _after.AddDays(day), 1));
            }

            await RunAsync(again, _after.AddDays(day).AddMinutes(2));
        }

        Assert.Single(await FactsAsync(again, ModelRecovered.Kind));
        Assert.Equal(2, (await FactsAsync(again, ModelShifted.Kind)).Count);
        Assert.Equal(ConditionState.Healthy, (await ExplainAsync(again, fleet[0], fleet[0].Devices[4])).Condition.State);
        await VerifyAsync(again);
    }

    [Fact]
    public async Task Model_WhoseHostsAreHeardByTwoServers_IsJudgedAsOne_AndToldOnce()
    {
        await using var first = await RunningServer.StartAsync(Engine.Postgres, scenario: _monday);
        var fleet = await LiveAsync(first);
        await using var second = await RunningServer.StartAsync(like: first.Options);
        RunningServer[] both = [first, second];
        foreach (var kit in fleet[4..])
        {
            kit.Server = second;
            await kit.HelloAsync(_after.AddMinutes(-1));
        }

        // Two of each server's four: neither has three of its own.
        foreach (var (number, kit) in fleet.Index())
        {
            await kit.TakeAsync(_after, Lost(kit, _after, number % 2 == 0 ? 80 : 1));
        }

        for (var minute = 2; minute < 8; minute += 2)
        {
            foreach (var server in both)
            {
                await server.Services.GetRequiredService<StationOwners>().RenewAsync(_after.AddMinutes(minute), CancellationToken.None);
                await RunAsync(server, _after.AddMinutes(minute));
            }
        }

        await Eventually.HoldsAsync(() => Array.TrueForAll(both, server => server.Services.GetRequiredService<Baselines>().UsualOf(DeviceKind.Host, "PC-A").Shifted == Signal.UplinkLost));
        Assert.Contains("at 4 of the ", Assert.Single(await FactsAsync(first, ModelShifted.Kind)), StringComparison.Ordinal);
        Assert.Empty(await first.FaultsAsync());
        Assert.Empty(await second.FaultsAsync());
    }

    [Fact]
    public async Task Explanation_OfWhatIsNotThereOrNotTheCallers_IsRefused()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        await server.PutRegionsAsync("53.71.04");
        var kit = new Kit(server, (await server.JoinAsync("53.71.04")).Id);
        await kit.HelloAsync(_monday);
        var elsewhere = new HealthServiceClient(server.Operator("elsewhere", "53.72", Role.Viewer));

        await RefusedAsync(StatusCode.NotFound, () => ExplainAsync(server, kit, new Device { Kind = DeviceKind.Iris, Serial = "IR-NONE" }));
        await RefusedAsync(StatusCode.InvalidArgument, () => ExplainAsync(server, kit, new Device { Kind = (DeviceKind)77, Serial = "IR" }));
        await RefusedAsync(StatusCode.InvalidArgument, () => new HealthServiceClient(server.Admin).ExplainConditionAsync(new ExplainConditionRequest { StationId = "53" }).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, () => elsewhere.ExplainConditionAsync(new ExplainConditionRequest { StationId = kit.Id.Value, Device = kit.Devices[0] }).ResponseAsync);
        var unheard = await ExplainAsync(server, kit, kit.Devices[0]);

        Assert.Contains(unheard.Unknowns, words => words.Contains("not reported since", StringComparison.Ordinal));
        Assert.Empty(await server.FaultsAsync());
    }

    /// <summary>Kits with a lost uplink now and then, over weeks; the servers' timers run each day.</summary>
    private static async Task<List<Kit>> LiveAsync(RunningServer server)
    {
        var districts = Enumerable.Range(1, Kits).Select(number => $"53.71.0{number}").ToArray();
        await server.PutRegionsAsync(districts);
        var fleet = new List<Kit>();
        foreach (var district in districts)
        {
            fleet.Add(new Kit(server, (await server.JoinAsync(district)).Id));
            await fleet[^1].HelloAsync(_monday);
        }

        var random = new Random(1);
        for (var day = 0; day < Days; day++)
        {
            foreach (var kit in fleet)
            {
                await kit.TakeAsync(_monday.AddDays(day), Lost(kit, _monday.AddDays(day), random.Next(0, 3)));
            }

            await RunAsync(server, _monday.AddDays(day).AddMinutes(2));
        }

        return fleet;
    }

    private static Sample Lost(Kit kit, DateTimeOffset at, int more)
    {
        var sample = kit.Work(kit.Devices[4], at, 0, more);
        var total = sample.Counters.Single(counter => counter.Signal == Signal.CapturesOk).Total;
        sample.Counters.Clear();
        sample.Counters.Add(new Counter { Signal = Signal.UplinkLost, Total = total });
        return sample;
    }

    private static async Task RunAsync(RunningServer server, DateTimeOffset now)
    {
        server.Services.GetRequiredService<DomainClock>().SetScenario(now);
        await server.Services.GetRequiredService<DomainTimers>().RunDueAsync(now, CancellationToken.None);
    }

    private static Task<ExplainConditionResponse> ExplainAsync(RunningServer server, Kit kit, Device device) =>
        new HealthServiceClient(server.Admin).ExplainConditionAsync(new ExplainConditionRequest { StationId = kit.Id.Value, Device = device }).ResponseAsync;

    private static Task<List<string>> FactsAsync(RunningServer server, string kind) => server.Services.GetRequiredService<Database>().ReadAsync(
        tx => tx.ListAsync("SELECT payload FROM journal WHERE kind = $1 ORDER BY id", row => row.GetString(0), kind), CancellationToken.None);

    private static async Task RefusedAsync(StatusCode status, Func<Task> call) => Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    private static async Task VerifyAsync(RunningServer server)
    {
        await server.Services.GetRequiredService<Followers>().DrainAsync(CancellationToken.None);
        Assert.Empty((await new Ktp.Journal.V1.JournalService.JournalServiceClient(server.Admin).VerifyJournalAsync(new Ktp.Journal.V1.VerifyJournalRequest())).Faults);
        Assert.Empty(await server.FaultsAsync());
    }
}
