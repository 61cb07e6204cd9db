using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Incidents.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Incidents;

public sealed class CityTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task KitsThatDieOneByOne_EndInOneKitLeftAndNoKitLeftAtTheRightMoments(Engine engine)
    {
        await using var city = await City.StartAsync(engine);
        int[] deathDays = [22, 26, 31, 36, 40, 45];
        var deaths = deathDays.Select(day => City.Start.AddDays(day).AddHours(2.5)).ToArray();

        await city.LiveUntilAsync(City.Start.AddDays(48), now =>
        {
            for (var kit = 0; kit < deaths.Length; kit++)
            {
                if (now >= deaths[kit])
                {
                    city.Mute.Add(city.Kits[kit]);
                }
            }
        });

        var incidents = await city.IncidentsAsync();
        Assert.Equal(8, incidents.Count);
        for (var kit = 0; kit < deaths.Length; kit++)
        {
            var silent = incidents.Single(incident => incident.Kind == IncidentKind.StationSilent && incident.StationId == city.Kits[kit].Id.Value);
            Assert.InRange(silent.OpenedAt.ToDateTimeOffset(), deaths[kit], deaths[kit].AddHours(3.5));
            Assert.Null(silent.ClosedAt);
        }

        var one = incidents.Single(incident => incident.Kind == IncidentKind.OneKitLeft);
        var none = incidents.Single(incident => incident.Kind == IncidentKind.NoKitLeft);
        Assert.InRange(one.OpenedAt.ToDateTimeOffset(), deaths[4], deaths[4].AddHours(3.5));
        Assert.InRange(none.OpenedAt.ToDateTimeOffset(), deaths[5], deaths[5].AddHours(3.5));
        Assert.Equal((none.OpenedAt, "53.71", IncidentSeverity.Critical), (one.ClosedAt, none.RegionCode, none.Severity));
        Assert.Null(none.ClosedAt);
        await city.VerifyAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task UplinkOfAllSix_IsExactlyOneIncidentAndOneThatStaysAwayIsBlamedAfterwards(Engine engine)
    {
        await using var city = await City.StartAsync(engine);
        var (down, up) = (City.Start.AddDays(22).AddHours(2), City.Start.AddDays(24).AddHours(4));

        await city.LiveUntilAsync(up, now => city.Mute.UnionWith(now >= down ? city.Kits : []));
        var during = await city.IncidentsAsync();
        city.Mute.Clear();
        city.Mute.Add(city.Kits[2]);
        await city.LiveUntilAsync(City.Start.AddDays(27));
        var after = await city.IncidentsAsync();

        var region = Assert.Single(during);
        Assert.Equal((IncidentKind.RegionSilent, "53.71"), (region.Kind, region.RegionCode));
        Assert.InRange(region.OpenedAt.ToDateTimeOffset(), down, down.AddHours(3));
        Assert.Equal(2, after.Count);
        Assert.InRange(after[0].ClosedAt.ToDateTimeOffset(), up, up.AddHours(1));
        Assert.Equal((IncidentKind.StationSilent, city.Kits[2].Id.Value), (after[1].Kind, after[1].StationId));
        Assert.InRange(after[1].OpenedAt.ToDateTimeOffset(), up.AddHours(1), up.AddDays(1));
        await city.VerifyAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Server_ThatStartsAgainWithinTheScenario_StillFindsWhoDied(Engine engine)
    {
        await using var city = await City.StartAsync(engine, kits: 3);
        await city.LiveUntilAsync(City.Start.AddDays(22));
        city.Mute.Add(city.Kits[0]);
        var death = City.Start.AddDays(22);
        await city.LiveUntilAsync(death.AddHours(1));

        await city.RestartAsync();
        await city.LiveUntilAsync(death.AddHours(5));
        await city.RestartAsync();
        await city.LiveUntilAsync(death.AddDays(3));

        var silent = Assert.Single(await city.IncidentsAsync());
        Assert.Equal((IncidentKind.StationSilent, city.Kits[0].Id.Value), (silent.Kind, silent.StationId));
        Assert.InRange(silent.OpenedAt.ToDateTimeOffset(), death.AddHours(2), death.AddHours(5));
        await city.VerifyAsync();
    }

    [Fact]
    public async Task WellCity_OverTenWeeks_HasNoIncident()
    {
        await using var city = await City.StartAsync(Engine.Sqlite);

        await city.LiveUntilAsync(City.Start.AddDays(70));

        Assert.Empty(await city.IncidentsAsync());
    }

    [Fact]
    public async Task DeadDeviceOfTheSecondLastKit_LeavesOneKit_AndItsRepairMoreThanOne()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 2);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        Assert.Empty(await city.IncidentsAsync());
        var (kit, iris) = (city.Kits[0], city.Kits[0].Devices[1]);
        var now = City.Start.AddDays(1);

        await kit.TakeAsync(now, Kit.Sample(iris, now, "sensor-fault"));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        var failing = Assert.Single(await city.IncidentsAsync());
        await kit.TakeAsync(now, Kit.Sample(iris, now, "sensor-dead"));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        var failed = await city.IncidentsAsync(openOnly: true);
        await kit.HelloAsync(now, iris);
        await city.AdvanceAsync(now.AddMinutes(1));

        Assert.Equal((IncidentKind.DeviceFailing, IncidentSeverity.Notice), (failing.Kind, failing.Severity));
        Assert.Equal($"iris/{iris.Serial}", failing.Device);
        Assert.Equal((failing.IncidentId, IncidentKind.DeviceFailed), (failed[0].IncidentId, failed[0].Kind));
        Assert.Equal(IncidentKind.OneKitLeft, failed[1].Kind);
        Assert.Empty(await city.IncidentsAsync(openOnly: true));
        await city.VerifyAsync();
    }

    [Fact]
    public async Task Maintenance_SilencesTheStation_UntilItIsOver()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 3);
        await city.LiveUntilAsync(City.Start.AddDays(22));
        var over = City.Start.AddDays(25).AddHours(1);
        await new StationService.StationServiceClient(city.Admin).SetMaintenanceAsync(
            new SetMaintenanceRequest { RequestId = "m", StationId = city.Kits[0].Id.Value, Until = over.ToTimestamp() });
        city.Mute.Add(city.Kits[0]);

        await city.LiveUntilAsync(City.Start.AddDays(25));
        Assert.Empty(await city.IncidentsAsync());
        await city.LiveUntilAsync(City.Start.AddDays(26));

        var silent = Assert.Single(await city.IncidentsAsync());
        Assert.Equal(IncidentKind.StationSilent, silent.Kind);
        Assert.InRange(silent.OpenedAt.ToDateTimeOffset(), over, over.AddHours(1));
    }

    [Fact]
    public async Task Retirement_OfASilentStation_ClosesWhatWasOpenAboutIt()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 3);
        await city.LiveUntilAsync(City.Start.AddDays(22));
        city.Mute.Add(city.Kits[0]);
        await city.LiveUntilAsync(City.Start.AddDays(23));
        Assert.Single(await city.IncidentsAsync(openOnly: true));

        await new StationService.StationServiceClient(city.Admin).RetireStationAsync(
            new RetireStationRequest { RequestId = "r", StationId = city.Kits[0].Id.Value, Reason = "Burnt." });
        await city.LiveUntilAsync(City.Start.AddDays(24));

        Assert.Empty(await city.IncidentsAsync(openOnly: true));
    }

    [Fact]
    public async Task Acknowledgement_NeedsTheRoleTheRegionAndAnOpenIncident()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 1);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        var now = City.Start.AddDays(1);
        await city.Kits[0].TakeAsync(now, Kit.Sample(city.Kits[0].Devices[1], now, "sensor-dead"));
        await city.AdvanceAsync(now.AddMinutes(1));
        var open = await city.IncidentsAsync(openOnly: true);
        Assert.Equal([IncidentKind.DeviceFailed, IncidentKind.NoKitLeft], open.Select(incident => incident.Kind));
        var wanted = new AcknowledgeIncidentRequest { RequestId = "a", IncidentId = open[0].IncidentId };

        await RefusedAsync(StatusCode.PermissionDenied, city.Server.Operator("viewer", "53.71", Role.Viewer), wanted);
        await RefusedAsync(StatusCode.PermissionDenied, city.Server.Operator("neighbour", "53.72", Role.Operator), wanted);
        await RefusedAsync(StatusCode.NotFound, city.Admin, new AcknowledgeIncidentRequest { RequestId = "b", IncidentId = "none" });
        Assert.All(await city.IncidentsAsync(), incident => Assert.Null(incident.AcknowledgedAt));

        var mine = new IncidentService.IncidentServiceClient(city.Server.Operator("mine", "53.71", Role.Operator));
        var seen = await mine.AcknowledgeIncidentAsync(wanted);
        var again = await mine.AcknowledgeIncidentAsync(wanted);
        await city.Kits[0].HelloAsync(now, city.Kits[0].Devices[1]);
        await city.AdvanceAsync(now.AddMinutes(2));

        Assert.NotNull(seen.Incident.AcknowledgedAt);
        Assert.Equal(seen, again);
        await RefusedAsync(StatusCode.FailedPrecondition, city.Admin, new AcknowledgeIncidentRequest { RequestId = "c", IncidentId = open[0].IncidentId });
        await city.VerifyAsync();
    }

    [Fact]
    public async Task Incident_ThatComesBack_HasBeenSeenByNobody()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 1);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        var (now, kit) = (City.Start.AddDays(1), city.Kits[0]);
        await kit.TakeAsync(now, Kit.Sample(kit.Devices[1], now, "sensor-dead"));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        var open = (await city.IncidentsAsync(openOnly: true)).Single(incident => incident.Kind == IncidentKind.DeviceFailed);
        await new IncidentService.IncidentServiceClient(city.Admin).AcknowledgeIncidentAsync(
            new AcknowledgeIncidentRequest { RequestId = "a", IncidentId = open.IncidentId });

        await kit.HelloAsync(now, kit.Devices[1]);
        await city.AdvanceAsync(now = now.AddMinutes(1));
        await kit.TakeAsync(now, Kit.Sample(kit.Devices[1], now, "sensor-dead"));
        await city.AdvanceAsync(now.AddMinutes(1));

        var again = (await city.IncidentsAsync(openOnly: true)).Single(incident => incident.Kind == IncidentKind.DeviceFailed);
        Assert.Equal((open.IncidentId, null), (again.IncidentId, again.AcknowledgedAt));
        await city.VerifyAsync();
    }

    [Fact]
    public async Task SilenceOfARegion_ThatGrows_TellsHowMany()
    {
        await using var city = await City.StartAsync(Engine.Sqlite);
        await city.LiveUntilAsync(City.Start.AddDays(22));
        city.Mute.UnionWith(city.Kits[..4]);
        var late = City.Start.AddDays(22).AddHours(1);

        await city.LiveUntilAsync(City.Start.AddDays(23), now => city.Mute.UnionWith(now >= late ? city.Kits : []));

        Assert.StartsWith("6 stations", Assert.Single(await city.IncidentsAsync(openOnly: true)).Summary);
        await city.VerifyAsync();
    }

    [Fact]
    public async Task Watcher_SeesWhatIsOpenAndThenEachChange()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 1);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        var now = City.Start.AddDays(1);
        var (iris, camera) = (city.Kits[0].Devices[1], city.Kits[0].Devices[2]);
        await city.Kits[0].TakeAsync(now, Kit.Sample(iris, now, "sensor-fault"));
        await city.AdvanceAsync(now.AddMinutes(1));
        using var watch = new IncidentService.IncidentServiceClient(city.Admin).WatchIncidents(new WatchIncidentsRequest { RegionCode = "53.71" });
        var stream = watch.ResponseStream;

        Assert.True(await stream.MoveNext(CancellationToken.None));
        Assert.Equal(IncidentKind.DeviceFailing, stream.Current.Incident.Kind);
        Assert.True(await stream.MoveNext(CancellationToken.None));
        Assert.True(stream.Current.SnapshotComplete);
        await city.Kits[0].TakeAsync(now, Kit.Sample(camera, now, "burnt"));
        await city.AdvanceAsync(now.AddMinutes(2));
        Assert.True(await stream.MoveNext(CancellationToken.None));
        Assert.Equal(($"camera/{camera.Serial}", IncidentKind.DeviceFailed), (stream.Current.Incident.Device, stream.Current.Incident.Kind));
    }

    private static async Task RefusedAsync(StatusCode status, CallInvoker who, AcknowledgeIncidentRequest request)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => new IncidentService.IncidentServiceClient(who).AcknowledgeIncidentAsync(request).ResponseAsync);
        Assert.Equal(status, refused.StatusCode);
    }
}
