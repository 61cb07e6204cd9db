using Ktp.Health.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

/// <summary>Two servers on one PostgreSQL: a station is judged by the one that hears it.</summary>
public sealed class TwoServersTests
{
    private static readonly DateTimeOffset _monday = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Stations_HeardByOneServer_AreAccusedByNeither()
    {
        await using var first = await RunningServer.StartAsync(Engine.Postgres, scenario: _monday);
        var kits = await JoinAsync(first, 6);
        await LiveAsync([first], kits, _monday, days: 21);

        await using var second = await RunningServer.StartAsync(like: first.Options);
        await MoveAsync(kits[3..], second, _monday.AddDays(21));
        await LiveAsync([first, second], kits, _monday.AddDays(21), days: 2);

        Assert.All(await StationStatesAsync(first), state => Assert.Equal(ConditionState.Healthy, state.State));
        Assert.Equal(6, await CountAsync(first, "SELECT COUNT(*) FROM condition_history WHERE kind = 1"));
        Assert.Empty(await first.FaultsAsync());
    }

    [Fact]
    public async Task OfficeThatFallsSilentOnTwoServers_IsHeldAsOne_AndBlamesWhoStaysAway()
    {
        await using var first = await RunningServer.StartAsync(Engine.Postgres, scenario: _monday);
        var kits = await JoinAsync(first, 6);
        await using var second = await RunningServer.StartAsync(like: first.Options);
        await MoveAsync(kits[3..], second, _monday);
        await LiveAsync([first, second], kits, _monday, days: 21);

        await LiveAsync([first, second], kits, _monday.AddDays(21), days: 2, mute: kits);
        var held = await StationStatesAsync(first);
        await LiveAsync([first, second], kits, _monday.AddDays(23), days: 2, mute: [kits[4]]);

        Assert.All(held, state => Assert.Equal(ConditionState.Unknown, state.State));
        Assert.Equal([kits[4].Id], (await StationStatesAsync(first)).Where(state => state.State == ConditionState.Failed).Select(state => state.Id));
        Assert.All((await StationStatesAsync(first)).Where(state => state.Id != kits[4].Id), state => Assert.Equal(ConditionState.Healthy, state.State));
        Assert.Empty(await first.FaultsAsync());
    }

    [Fact]
    public async Task CountryThatFallsSilentOnTwoServers_IsOneIncident_AndTheClocksOfBothStartAnew()
    {
        await using var first = await RunningServer.StartAsync(Engine.Postgres, scenario: _monday);
        var kits = await JoinAsync(first, [.. Enumerable.Range(1, 6).Select(number => $"53.0{number}.01")]);
        await using var second = await RunningServer.StartAsync(like: first.Options);
        await MoveAsync(kits[3..], second, _monday);
        await LiveAsync([first, second], kits, _monday, days: 21);

        await LiveAsync([first, second], kits, _monday.AddDays(21), days: 2, mute: kits);
        var held = await StationStatesAsync(first);
        await LiveAsync([first, second], kits, _monday.AddDays(23), hours: 1.5, mute: [kits[1], kits[4]]);
        var soon = await StationStatesAsync(first);
        await LiveAsync([first, second], kits, _monday.AddDays(23).AddHours(2), hours: 5, mute: [kits[1], kits[4]]);

        Assert.All(held, state => Assert.Equal(ConditionState.Unknown, state.State));
        Assert.DoesNotContain(soon, state => state.State == ConditionState.Failed);
        Assert.Equal([kits[1].Id, kits[4].Id], (await StationStatesAsync(first)).Where(state => state.State == ConditionState.Failed).Select(state => state.Id));
        Assert.Equal(1, await CountAsync(first, "SELECT COUNT(*) FROM incidents WHERE cause LIKE 'silence/%'"));
        Assert.Equal(0, await CountAsync(first, "SELECT COUNT(*) FROM region_silences"));
        Assert.Empty(await first.FaultsAsync());
    }

    [Fact]
    public async Task Stations_OfAServerThatLeft_AreTakenOverWithoutBlame()
    {
        await using var first = await RunningServer.StartAsync(Engine.Postgres, scenario: _monday);
        var kits = await JoinAsync(first, 6);
        var second = await RunningServer.StartAsync(like: first.Options);
        await MoveAsync(kits[3..], second, _monday);
        await LiveAsync([first, second], kits, _monday, days: 21);

        await second.DisposeAsync();
        await MoveAsync(kits[3..5], first, _monday.AddDays(21));
        var morning = _monday.AddDays(21);
        await LiveAsync([first], kits, morning, hours: 1.5, mute: [kits[5]]);
        var soon = await StationStatesAsync(first);
        await LiveAsync([first], kits, morning.AddHours(2), hours: 5, mute: [kits[5]]);

        Assert.All(soon, state => Assert.Equal(ConditionState.Healthy, state.State));
        Assert.Equal([kits[5].Id], (await StationStatesAsync(first)).Where(state => state.State == ConditionState.Failed).Select(state => state.Id));
    }

    [Fact]
    public async Task Device_OfAStationThatChangesServers_KeepsWhatWasLearnedAndBelieved()
    {
        await using var first = await RunningServer.StartAsync(Engine.Postgres, scenario: _monday);
        var kit = (await JoinAsync(first, 1))[0];
        await kit.BeatAsync(_monday);
        await using var second = await RunningServer.StartAsync(like: first.Options);
        await kit.TakeAsync(_monday, kit.Work(kit.Devices[0], _monday, failed: 8, ok: 2));
        await MoveAsync([kit], second, _monday);

        await kit.TakeAsync(_monday, kit.Work(kit.Devices[0], _monday, failed: 0, ok: 1));
        await MoveAsync([kit], first, _monday);
        await kit.TakeAsync(_monday, kit.Work(kit.Devices[0], _monday, failed: 0, ok: 1));

        Assert.Equal(
            [ConditionState.Healthy, ConditionState.Failing],
            await first.Services.GetRequiredService<Database>().ReadAsync(
                tx => tx.ListAsync("SELECT state FROM condition_history WHERE serial = $1 ORDER BY history_key", row => (ConditionState)row.GetInt64(0), kit.Devices[0].Serial),
                CancellationToken.None));
    }

    [Fact]
    public async Task Checkpoint_ThatCannotBeRead_IsLearnedAnew()
    {
        await using var first = await RunningServer.StartAsync(scenario: _monday);
        var kit = (await JoinAsync(first, 1))[0];
        await kit.BeatAsync(_monday);
        await first.Services.GetRequiredService<Database>().WriteAsync(
            tx => tx.ExecuteAsync("UPDATE detector_checkpoints SET state = $1", new byte[] { 1, 2, 3 }), CancellationToken.None);

        await using var second = await first.RestartAsync();
        kit.Server = second;
        await kit.HelloAsync(_monday);
        await kit.TakeAsync(_monday, Kit.Sample(kit.Devices[1], _monday, "sensor-dead"));

        Assert.Equal(ConditionState.Failed, (await RowsAsync(second)).Single(row => row.Device.Kind == DeviceKind.Iris).Condition.State);
    }

    private static Task<List<Kit>> JoinAsync(RunningServer server, int count) =>
        JoinAsync(server, [.. Enumerable.Range(1, count).Select(number => $"53.71.0{number}")]);

    private static async Task<List<Kit>> JoinAsync(RunningServer server, string[] districts)
    {
        await server.PutRegionsAsync(districts);
        var kits = new List<Kit>();
        foreach (var district in districts)
        {
            kits.Add(new Kit(server, (await server.JoinAsync(district)).Id));
            await kits[^1].HelloAsync(_monday);
        }

        return kits;
    }

    private static async Task MoveAsync(List<Kit> kits, RunningServer to, DateTimeOffset now)
    {
        foreach (var kit in kits)
        {
            kit.Server = to;
            await kit.HelloAsync(now);
        }
    }

    /// <summary>Each half hour from 08:00 to 15:00 the servers' timers run and the kits speak.</summary>
    private static async Task LiveAsync(
        IReadOnlyList<RunningServer> servers, List<Kit> kits, DateTimeOffset from, int days = 1, double hours = 7, List<Kit>? mute = null)
    {
        for (var day = 0; day < days; day++)
        {
            for (var now = from.AddDays(day); now <= from.AddDays(day).AddHours(hours); now = now.AddMinutes(30))
            {
                foreach (var server in servers)
                {
                    await server.Services.GetRequiredService<StationOwners>().RenewAsync(now, CancellationToken.None);
                }

                foreach (var server in servers)
                {
                    server.Services.GetRequiredService<DomainClock>().SetScenario(now);
                    await FollowAsync(server);
                    await server.Services.GetRequiredService<DomainTimers>().RunDueAsync(now, CancellationToken.None);
                }

                foreach (var kit in kits.Where(kit => mute?.Contains(kit) != true))
                {
                    await kit.BeatAsync(now);
                }
            }
        }
    }

    /// <summary>Until this server has heard what the other one wrote.</summary>
    private static async Task FollowAsync(RunningServer server)
    {
        await server.Services.GetRequiredService<Followers>().DrainAsync(CancellationToken.None);
        var head = await server.Services.GetRequiredService<JournalReader>().GetHeadAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => server.Services.GetRequiredService<ConditionFeed>().Position >= head);
    }

    private static async Task<List<(StationId Id, ConditionState State)>> StationStatesAsync(RunningServer server) =>
        [.. (await RowsAsync(server)).Where(row => row.Device.Kind == DeviceKind.Station).Select(row => (row.Station, row.Condition.State))];

    private static Task<List<ConditionRow>> RowsAsync(RunningServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(tx => HealthStore.ListAsync(tx, RegionCode.Country, "", 1000), CancellationToken.None);

    private static Task<long> CountAsync(RunningServer server, string sql) =>
        server.Services.GetRequiredService<Database>().ReadAsync(tx => tx.NumberAsync(sql), CancellationToken.None);
}
