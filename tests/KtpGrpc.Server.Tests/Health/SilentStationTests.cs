using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Incidents;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

/// <summary>What silence, quarantine and retirement make of a station and of its kit.</summary>
public sealed class SilentStationTests
{
    private static readonly DateTimeOffset _died = City.Start.AddDays(22);

    [Fact]
    public async Task Devices_OfADeadStation_AreUnknownUntilEachSpeaksForItself()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 3);
        await city.LiveUntilAsync(_died);
        var kit = city.Kits[0];
        await kit.TakeAsync(_died, Kit.Sample(kit.Devices[1], _died, "sensor-dead"));
        city.Mute.Add(kit);

        await city.LiveUntilAsync(_died.AddDays(1));
        var dead = await ConditionsAsync(city, kit);
        var during = await city.IncidentsAsync(openOnly: true);
        var back = _died.AddDays(1).AddHours(1);
        await city.AdvanceAsync(back);
        await kit.TakeAsync(back, Kit.Sample(kit.Devices[0], back), Kit.Sample(kit.Devices[1], back));

        Assert.Equal(ConditionState.Failed, dead[DeviceKind.Station]);
        Assert.All(kit.Devices, device => Assert.Equal(ConditionState.Unknown, dead[device.Kind]));
        Assert.Contains(during, incident => incident.Kind == IncidentKind.DeviceFailed);
        var spoken = await ConditionsAsync(city, kit);
        Assert.Equal(
            [ConditionState.Healthy, ConditionState.Healthy, ConditionState.Failed, ConditionState.Unknown],
            [spoken[DeviceKind.Station], spoken[DeviceKind.Fingerprint], spoken[DeviceKind.Iris], spoken[DeviceKind.Camera]]);
        await city.VerifyAsync();
    }

    [Fact]
    public async Task KitWithAFailedScanner_OfAnOfficeWithoutLink_IsNotCountedAsWorkingAgain()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 4);
        await city.LiveUntilAsync(_died);
        foreach (var kit in city.Kits[1..])
        {
            await kit.TakeAsync(_died, Kit.Sample(kit.Devices[1], _died, "sensor-dead"));
        }

        city.Mute.UnionWith(city.Kits);
        await city.LiveUntilAsync(_died.AddDays(1));

        Assert.All(await ConditionsAsync(city, city.Kits[1]), condition => Assert.Equal(ConditionState.Unknown, condition.Value));
        Assert.Contains(await city.IncidentsAsync(openOnly: true), incident => incident.Kind == IncidentKind.OneKitLeft);
    }

    [Fact]
    public async Task RetiredStation_LeavesListsAndGauges()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 3);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        using var watch = new Ktp.Health.V1.HealthService.HealthServiceClient(city.Admin).WatchConditions(new WatchConditionsRequest { RegionCode = "53.71" });
        await watch.ResponseStream.PassSnapshotAsync();

        await new StationService.StationServiceClient(city.Admin).RetireStationAsync(
            new RetireStationRequest { RequestId = "r", StationId = city.Kits[0].Id.Value, Reason = "Burnt." });
        await city.AdvanceAsync(City.Start.AddDays(1).AddHours(1));

        Assert.Empty(await ConditionsAsync(city, city.Kits[0]));
        var memory = city.Server.Services.GetRequiredService<HealthMemory>();
        await Eventually.HoldsAsync(() => memory.Stations.Count() == 2);
        var gone = new HashSet<string>();
        while (gone.Count < 6 && await watch.ResponseStream.MoveNext(default))
        {
            Assert.True(watch.ResponseStream.Current.Removed);
            gone.Add(watch.ResponseStream.Current.Condition.Device.Serial);
        }

        await city.VerifyAsync();
    }

    [Fact]
    public async Task Device_TakenOutOfAKit_IsToldToWatchers()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 1);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        using var watch = new Ktp.Health.V1.HealthService.HealthServiceClient(city.Admin).WatchConditions(new WatchConditionsRequest { RegionCode = "53.71" });
        await watch.ResponseStream.PassSnapshotAsync();

        var gone = city.Kits[0].Devices[2];
        city.Kits[0].Devices.RemoveAt(2);
        await city.Kits[0].HelloAsync(City.Start.AddDays(1));
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(new CancellationTokenSource(Eventually.Patience).Token));
        }
        while (!watch.ResponseStream.Current.Removed);

        Assert.Equal(gone, watch.ResponseStream.Current.Condition.Device);
    }

    [Fact]
    public async Task Quarantine_ThatIsLifted_IsNoSilenceOfTheStation()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 3);
        await city.LiveUntilAsync(_died);
        city.Mute.Add(city.Kits[0]);
        await QuarantineAsync(city, lift: false);
        await city.LiveUntilAsync(_died.AddDays(2));

        await QuarantineAsync(city, lift: true);
        await city.LiveUntilAsync(_died.AddDays(2).AddHours(1));
        city.Mute.Clear();
        await city.LiveUntilAsync(_died.AddDays(3));

        Assert.DoesNotContain(await city.IncidentsAsync(), incident => incident.Kind == IncidentKind.StationSilent);
    }

    [Fact]
    public async Task Office_WhoseVerdictsCannotBeWritten_BlindsNoOther()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 2);
        await city.Server.PutRegionsAsync("11.01.01");
        var far = new Kit(city.Server, (await city.Server.JoinAsync("11.01.01")).Id);
        await far.HelloAsync(City.Start);
        await city.LiveUntilAsync(_died, now => far.BeatAsync(now).GetAwaiter().GetResult());
        city.Mute.Add(city.Kits[0]);
        city.Server.ExpectError("cannot be written");
        await WriteAsync(city, "CREATE TRIGGER broken BEFORE INSERT ON journal WHEN NEW.region LIKE '11.%' BEGIN SELECT RAISE(ABORT, 'cannot be written'); END");

        var later = _died.AddDays(3);
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => city.AdvanceAsync(later));
        Assert.Equal(ConditionState.Failed, (await ConditionsAsync(city, city.Kits[0]))[DeviceKind.Station]);
        await WriteAsync(city, "DROP TRIGGER broken");
        await city.AdvanceAsync(later);

        Assert.Equal(ConditionState.Failed, (await ConditionsAsync(city, far, "11.01"))[DeviceKind.Station]);
    }

    [Fact]
    public async Task Sample_FromAKitWhoseClockWasSetBack_CountsAfterItsHello()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 1);
        var (kit, ahead) = (city.Kits[0], City.Start.AddMinutes(4));
        await kit.HelloAsync(City.Start);
        await kit.TakeAsync(City.Start, Kit.Sample(kit.Devices[1], ahead));

        await kit.HelloAsync(City.Start);
        await kit.TakeAsync(City.Start, Kit.Sample(kit.Devices[1], ahead.AddYears(-40), "sensor-dead"));

        Assert.Equal(ConditionState.Failed, (await ConditionsAsync(city, kit))[DeviceKind.Iris]);
    }

    private static async Task<Dictionary<DeviceKind, ConditionState>> ConditionsAsync(City city, Kit kit, string region = "53.71") =>
        (await new Ktp.Health.V1.HealthService.HealthServiceClient(city.Admin).ListConditionsAsync(
            new ListConditionsRequest { RegionCode = region, StationId = kit.Id.Value })).Conditions.ToDictionary(condition => condition.Device.Kind, condition => condition.State);

    private static async Task QuarantineAsync(City city, bool lift) => await new StationService.StationServiceClient(city.Admin).QuarantineStationAsync(
        new QuarantineStationRequest { RequestId = $"{lift}", StationId = city.Kits[0].Id.Value, Lift = lift, Reason = "test" });

    private static Task<int> WriteAsync(City city, string sql) =>
        city.Server.Services.GetRequiredService<Database>().WriteAsync(tx => tx.ExecuteAsync(sql), CancellationToken.None);
}
