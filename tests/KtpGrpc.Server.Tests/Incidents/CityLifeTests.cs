using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Coverage.V1;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using IncidentClient = Ktp.Incidents.V1.IncidentService.IncidentServiceClient;
using StationClient = Ktp.Stations.V1.StationService.StationServiceClient;

namespace KtpGrpc.Server.Tests.Incidents;

/// <summary>The life of incidents over the real server: what explains them, what people say of them, what time does.</summary>
public sealed class CityLifeTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task DeadKitAndDeadDevice_UnderASilentOffice_AreExplainedByItAndSurfaceWithIt(Engine engine)
    {
        await using var city = await City.StartAsync(engine);
        var died = City.Start.AddDays(22);
        await city.LiveUntilAsync(died);
        city.Mute.Add(city.Kits[0]);
        await city.LiveUntilAsync(died.AddDays(1));
        var (camera, morning) = (city.Kits[1].Devices[2], died.AddDays(1));
        await city.Kits[1].TakeAsync(morning, Kit.Sample(camera, morning, "burnt"));
        city.Mute.UnionWith(city.Kits);

        await city.LiveUntilAsync(died.AddDays(3));
        var during = await city.IncidentsAsync(openOnly: true);
        city.Mute.ExceptWith(city.Kits[1..]);
        await city.LiveUntilAsync(died.AddDays(3).AddHours(0.6));
        var after = await city.IncidentsAsync(openOnly: true);

        var silence = Assert.Single(during, incident => incident.Kind == IncidentKind.RegionSilent);
        Assert.Equal(
            [(IncidentKind.DeviceFailed, silence.IncidentId), (IncidentKind.StationSilent, silence.IncidentId)],
            during.Where(incident => incident != silence).OrderBy(incident => incident.Kind).Select(incident => (incident.Kind, incident.SuppressedBy)));
        Assert.DoesNotContain(after, incident => incident.Kind == IncidentKind.RegionSilent);
        Assert.Equal(
            [(IncidentKind.DeviceFailed, ""), (IncidentKind.StationSilent, "")],
            after.Where(incident => incident.Kind < IncidentKind.OneKitLeft).OrderBy(incident => incident.Kind).Select(incident => (incident.Kind, incident.SuppressedBy)));
        await city.VerifyAsync();
    }

    [Fact]
    public async Task SilenceOfTheCountry_ExplainsThatOfAnOffice_AndAllBelow()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 4);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        var now = City.Start.AddDays(1);
        await city.Kits[0].TakeAsync(now, Kit.Sample(city.Kits[0].Devices[3], now, "burnt"));
        await AcceptAsync(city, now, new RegionSilenced("53.71", now, ["53.71.02-1", "53.71.03-1", "53.71.04-1"]));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        var office = await AllAsync(city);
        await AcceptAsync(city, now, new RegionSilenced("", now, ["53.71.02-1", "53.71.03-1", "53.71.04-1", "11.01.01-1"]));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        var country = await AllAsync(city);
        await AcceptAsync(city, now, new RegionHeard("", []));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        var heard = await AllAsync(city);
        await AcceptAsync(city, now, new RegionHeard("53.71", []));
        await city.AdvanceAsync(now.AddMinutes(1));

        static string Explained(IEnumerable<Incident> incidents) => string.Join(", ", incidents.OrderBy(incident => incident.Kind).ThenBy(incident => incident.RegionCode)
            .Select(incident => $"{incident.Kind} by {incidents.SingleOrDefault(other => other.IncidentId == incident.SuppressedBy)?.RegionCode ?? "none"}"));
        Assert.Equal("DeviceFailed by 53.71, RegionSilent by none", Explained(office));
        Assert.Equal("DeviceFailed by , RegionSilent by none, RegionSilent by ", Explained(country));
        Assert.Equal("DeviceFailed by 53.71, RegionSilent by none", Explained(heard));
        Assert.Equal("DeviceFailed by none", Explained(await AllAsync(city)));
        await city.VerifyAsync();
    }

    [Fact]
    public async Task Model_ThatWentBadTogether_IsOneIncidentUntilItRecovers()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 4);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        var now = City.Start.AddDays(1);
        await city.Kits[0].TakeAsync(now, Kit.Sample(city.Kits[0].Devices[3], now, "overheating"));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        await AcceptAsync(city, now, new ModelShifted("PR-A", DeviceKind.Printer, Signal.PrintsFailed, now, 3, "Prints fail four times as often since this morning."));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        await city.Kits[1].TakeAsync(now, Kit.Sample(city.Kits[1].Devices[3], now, "overheating"));
        await city.Kits[2].TakeAsync(now, Kit.Sample(city.Kits[2].Devices[1], now, "sensor-fault"));

        await city.AdvanceAsync(now = now.AddMinutes(1));
        var first = Assert.Single(await AllAsync(city), incident => incident.Kind == IncidentKind.ModelShifted);
        await AcceptAsync(city, now, new ModelShifted("PR-A", DeviceKind.Printer, Signal.PrintsFailed, now, 9, "Prints fail four times as often since this morning."));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        var during = await AllAsync(city);
        await AcceptAsync(city, now, new ModelRecovered("PR-A", DeviceKind.Printer));
        await city.AdvanceAsync(now.AddMinutes(1));
        var after = await AllAsync(city);

        var model = Assert.Single(during, incident => incident.Kind == IncidentKind.ModelShifted);
        Assert.StartsWith("3 devices of model PR-A (printer)", first.Summary);
        Assert.StartsWith("9 devices of model PR-A (printer)", model.Summary);
        Assert.Equal((first.IncidentId, first.Notices), (model.IncidentId, model.Notices));
        Assert.Equal((IncidentLevel.Country, ""), (model.Level, model.RegionCode));
        Assert.Equal(3, during.Count);
        Assert.Equal(model.IncidentId, during.Single(incident => incident.StationId == city.Kits[0].Id.Value).SuppressedBy);
        Assert.Equal("", during.Single(incident => incident.StationId == city.Kits[2].Id.Value).SuppressedBy);
        Assert.Equal(
            city.Kits[..3].Select(kit => (kit.Id.Value, "", 1)),
            after.OrderBy(incident => incident.StationId).Select(incident => (incident.StationId, incident.SuppressedBy, incident.Notices)));
        await city.VerifyAsync();
    }

    [Fact]
    public async Task Maintenance_OfARegion_MarksWhatIsOpenAndOpensNothingUntilItIsOver()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 4);
        await city.LiveUntilAsync(City.Start.AddDays(22));
        var (now, over) = (City.Start.AddDays(22), City.Start.AddDays(25).AddHours(1));
        var (hot, printer) = (city.Kits[0], city.Kits[0].Devices[3]);
        void Overheat(DateTimeOffset at) => hot.TakeAsync(at, Kit.Sample(printer, at, "overheating")).GetAwaiter().GetResult();
        city.Mute.Add(hot);
        Overheat(now);
        await city.AdvanceAsync(now);

        var set = await new StationClient(city.Admin).SetRegionMaintenanceAsync(new SetRegionMaintenanceRequest { RequestId = "m", RegionCode = "53", Until = over.ToTimestamp() });
        city.Mute.Add(city.Kits[1]);
        await city.LiveUntilAsync(City.Start.AddDays(25), Overheat);
        var marked = Assert.Single(await city.IncidentsAsync(openOnly: true));
        await city.AdvanceAsync(over);
        var opened = await city.IncidentsAsync(openOnly: true);

        Assert.Equal(over.ToTimestamp(), set.MaintenanceUntil);
        Assert.Equal((IncidentKind.DeviceFailing, true), (marked.Kind, marked.InMaintenance));
        Assert.Equal([(IncidentKind.DeviceFailing, false), (IncidentKind.StationSilent, false)], opened.Select(incident => (incident.Kind, incident.InMaintenance)));
        Assert.Equal(over.ToTimestamp(), opened[1].OpenedAt);
        await city.VerifyAsync();
    }

    [Fact]
    public async Task Maintenance_OfARegion_IsRefusedForOneThatIsNotKnownNotHisOrTooLong()
    {
        await using var server = await RunningServer.StartAsync(scenario: City.Start);
        await server.PutRegionsAsync("53.71.01");
        async Task RefusedAsync(StatusCode status, CallInvoker who, string region, double days) => Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(
            () => new StationClient(who).SetRegionMaintenanceAsync(new SetRegionMaintenanceRequest { RequestId = "m", RegionCode = region, Until = City.Start.AddDays(days).ToTimestamp() }).ResponseAsync)).StatusCode);

        await RefusedAsync(StatusCode.NotFound, server.Admin, "53.72", 1);
        await RefusedAsync(StatusCode.InvalidArgument, server.Admin, "53.7", 1);
        await RefusedAsync(StatusCode.InvalidArgument, server.Admin, "53.71", 30.1);
        await RefusedAsync(StatusCode.PermissionDenied, server.Operator("city", "53.71", Role.Dispatcher), "53", 1);
        await RefusedAsync(StatusCode.PermissionDenied, server.Operator("other", "53.71", Role.Operator), "53.71", 1);

        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task WordsOfAPerson_HoldUntilTheirMomentAndAreRefusedOtherwise()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 1);
        await city.LiveUntilAsync(City.Start.AddDays(1));
        var now = City.Start.AddDays(1);
        await AcceptAsync(city, now, new StationCloneRefused(city.Kits[0].Id.Value, "53.71.01"));
        await city.AdvanceAsync(now = now.AddMinutes(1));
        async Task<Incident> ClonedAsync() => (await city.IncidentsAsync(openOnly: true)).Single(incident => incident.Kind == IncidentKind.StationCloned);
        var id = (await ClonedAsync()).IncidentId;
        var mine = new IncidentClient(city.Server.Operator("mine", "53.71", Role.Operator));
        async Task RefusedAsync(StatusCode status, SilenceIncidentRequest request) =>
            Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(() => mine.SilenceIncidentAsync(request).ResponseAsync)).StatusCode);
        SilenceIncidentRequest Silence(string request, string incident, DateTimeOffset until, string reason = "Sparepart dipesan") =>
            new() { RequestId = request, IncidentId = incident, Until = until.ToTimestamp(), Reason = reason };

        await RefusedAsync(StatusCode.InvalidArgument, Silence("1", id, now));
        await RefusedAsync(StatusCode.InvalidArgument, Silence("2", id, now.AddDays(31)));
        await RefusedAsync(StatusCode.InvalidArgument, Silence("3", id, now.AddDays(1), ""));
        await RefusedAsync(StatusCode.InvalidArgument, Silence("4", id, now.AddDays(1), "NIK 5371044101900001"));
        await RefusedAsync(StatusCode.NotFound, Silence("5", "none", now.AddDays(1)));
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => mine.AcknowledgeIncidentAsync(
            new AcknowledgeIncidentRequest { RequestId = "6", IncidentId = id, Until = now.ToTimestamp() }).ResponseAsync)).StatusCode);

        var seen = (await mine.AcknowledgeIncidentAsync(new AcknowledgeIncidentRequest { RequestId = "7", IncidentId = id, Until = now.AddHours(30).ToTimestamp() })).Incident;
        await city.AdvanceAsync(now.AddHours(31));
        var again = await ClonedAsync();
        var silenced = (await mine.SilenceIncidentAsync(Silence("8", id, now.AddDays(10)))).Incident;
        Assert.Equal(silenced, (await mine.SilenceIncidentAsync(Silence("8", id, now.AddDays(10)))).Incident);
        await city.AdvanceAsync(now.AddDays(9));
        var quiet = await ClonedAsync();
        await city.AdvanceAsync(now.AddDays(13).AddHours(1));
        var raised = await ClonedAsync();
        var lifted = (await mine.SilenceIncidentAsync(new SilenceIncidentRequest { RequestId = "9", IncidentId = id })).Incident;

        Assert.Equal((now.AddHours(30).ToTimestamp(), 1), (seen.AcknowledgedUntil, seen.Notices));
        Assert.Equal((null, 2, IncidentLevel.Regency), (again.AcknowledgedAt, again.Notices, again.Level));
        Assert.Equal((now.AddDays(10).ToTimestamp(), "Sparepart dipesan", 2), (quiet.SilencedUntil, quiet.SilenceReason, quiet.Notices));
        Assert.Equal((IncidentLevel.Province, 3), (raised.Level, raised.Notices));
        Assert.Equal((null, ""), (lifted.SilencedUntil, lifted.SilenceReason));
        await city.VerifyAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Redundancy_OfACityWhoseKitsDie_IsToldAndMeasured(Engine engine)
    {
        await using var city = await City.StartAsync(engine, kits: 3);
        await city.LiveUntilAsync(City.Start.AddDays(22));
        await new CoverageService.CoverageServiceClient(city.Admin).SetObligedAsync(
            new SetObligedRequest { RequestId = "o", RegionCode = "53.71.01", Obliged = 411_046, RecordedBefore = 219_402, AsOf = City.Start.ToTimestamp() });
        var (incidents, now) = (new IncidentClient(city.Admin), City.Start.AddDays(22));
        var all = Assert.Single((await incidents.ListRedundancyAsync(new ListRedundancyRequest())).Redundancy);
        await city.Kits[0].TakeAsync(now, Kit.Sample(city.Kits[0].Devices[1], now, "sensor-dead"));
        await city.Kits[1].TakeAsync(now, Kit.Sample(city.Kits[1].Devices[1], now, "sensor-dead"));
        await city.Kits[2].TakeAsync(now, Kit.Sample(city.Kits[2].Devices[1], now, "sensor-fault"), Kit.Sample(city.Kits[2].Devices[3], now, "burnt"));
        await city.AdvanceAsync(now);
        await city.AdvanceAsync(now = now.AddMinutes(2));

        var one = Assert.Single((await incidents.ListRedundancyAsync(new ListRedundancyRequest { RegionCode = "53" })).Redundancy);
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(city.Server.HttpAddress, "metrics"));

        Assert.Equal((3, 3, RedundancyLevel.Spare), (all.Kits.All, all.Kits.Working, all.Kits.Level));
        Assert.Equal(("53.71", 3, 1, RedundancyLevel.OneLeft), (one.RegionCode, one.Kits.All, one.Kits.Working, one.Kits.Level));
        Assert.Equal((191_644, 191_644), (one.CitizensWaiting, one.CitizensAtRisk));
        Assert.InRange(one.Kits.LastFailureExpectedAt.ToDateTimeOffset(), now.AddDays(14), now.AddDays(18));
        Assert.Equal((3, 2, RedundancyLevel.Spare), (one.Printers.All, one.Printers.Working, one.Printers.Level));
        Assert.StartsWith("One kit, of 3, can record in 53.71", one.Summary);
        Assert.Contains("ktp_redundancy_offices{level=\"one_left\",region=\"53\"} 1", page);
        Assert.Contains("ktp_redundancy_citizens_at_risk{region=\"53\"} 191644", page);
        Assert.Contains("ktp_redundancy_worst_risk_ratio{region=\"53\"} 0.5", page);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(
            () => incidents.ListRedundancyAsync(new ListRedundancyRequest { RegionCode = "53.71.01" }).ResponseAsync)).StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(
            () => new IncidentClient(city.Server.Operator("city", "53.71", Role.Viewer)).ListRedundancyAsync(new ListRedundancyRequest { RegionCode = "53" }).ResponseAsync)).StatusCode);
        await city.VerifyAsync();
    }

    private static async Task<List<Incident>> AllAsync(City city) =>
        [.. (await new IncidentClient(city.Admin).ListIncidentsAsync(new ListIncidentsRequest { OpenOnly = true })).Incidents];

    private static Task AcceptAsync(City city, DateTimeOffset now, IFact fact) => city.Server.Services.GetRequiredService<Database>().WriteAsync(
        tx => city.Server.Services.GetRequiredService<JournalWriter>().AcceptAsync(tx, now, "server", fact), CancellationToken.None);
}
