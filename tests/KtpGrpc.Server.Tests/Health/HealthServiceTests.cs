using Grpc.Core;
using Ktp.Health.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

public sealed class HealthServiceTests
{
    private static readonly DateTimeOffset _monday = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Conditions_OfARegion_ComeInPagesAndTheirHistoryInOrder(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine, scenario: _monday);
        await server.PutRegionsAsync("53.71.04", "53.71.05", "53.72.01");
        foreach (var district in new[] { "53.71.04", "53.71.05", "53.72.01" })
        {
            var kit = await JoinAsync(server, district);
            await kit.BeatAsync(_monday);
            await kit.TakeAsync(_monday.AddMinutes(1), Kit.Sample(kit.Devices[1], _monday, "sensor-dead"));
        }

        var health = new HealthService.HealthServiceClient(server.Admin);
        var shown = new List<Condition>();
        var request = new ListConditionsRequest { RegionCode = "53.71", PageSize = 5 };
        do
        {
            var page = await health.ListConditionsAsync(request);
            shown.AddRange(page.Conditions);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(12, shown.Count);
        Assert.Equal(2, shown.Count(condition => condition.Device.Kind == DeviceKind.Station));
        Assert.Equal(["53.71.04-1", "53.71.05-1"], shown.Where(condition => condition.State == ConditionState.Failed).Select(condition => condition.StationId));
        var one = await health.ListConditionsAsync(new ListConditionsRequest { RegionCode = "53.71", StationId = "53.71.04-1" });
        Assert.Equal(6, one.Conditions.Count);
        var history = await health.ListHistoryAsync(new ListHistoryRequest { RegionCode = "53", StationId = "53.71.04-1" });
        Assert.Equal(7, history.Conditions.Count);
        var last = history.Conditions[^1];
        Assert.Equal((ConditionState.Failed, DeviceKind.Iris, "known-code"), (last.State, last.Device.Kind, last.Evidence[0].Detector));
        Assert.Equal(_monday.AddMinutes(1), last.Since.ToDateTimeOffset());
        Assert.Equal(21, (await health.ListHistoryAsync(new ListHistoryRequest { RegionCode = "53" })).Conditions.Count);
    }

    [Fact]
    public async Task Watcher_SeesTheConditionsAndThenEachChangeOfHisRegion()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        await server.PutRegionsAsync("53.71.04", "53.72.01");
        var (here, there) = (await JoinAsync(server, "53.71.04"), await JoinAsync(server, "53.72.01"));
        using var watch = new HealthService.HealthServiceClient(server.Operator("viewer", "53.71", Role.Viewer)).WatchConditions(
            new WatchConditionsRequest { RegionCode = "53.71" });
        var stream = watch.ResponseStream;
        await stream.PassSnapshotAsync();

        await there.TakeAsync(_monday, Kit.Sample(there.Devices[0], _monday, "sensor-dead"));
        await here.TakeAsync(_monday, Kit.Sample(here.Devices[0], _monday, "sensor-dead"));
        do
        {
            Assert.True(await stream.MoveNext(CancellationToken.None));
            Assert.Equal("53.71.04-1", stream.Current.Condition.StationId);
        }
        while (stream.Current.Condition.State != ConditionState.Failed);

        Assert.Equal(here.Devices[0], stream.Current.Condition.Device);
    }

    [Fact]
    public async Task Question_ThatDoesNotHold_IsRefused()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        await server.PutRegionsAsync("53.71.04");
        var kit = await server.JoinAsync("53.71.04");
        var (admin, viewer) = (server.Admin, server.Operator("viewer", "53.71", Role.Viewer));

        await RefusedAsync(StatusCode.InvalidArgument, admin, "5371", "");
        await RefusedAsync(StatusCode.InvalidArgument, admin, "53.71", "Kupang");
        await RefusedAsync(StatusCode.InvalidArgument, admin, "53.72", kit.Id);
        await RefusedAsync(StatusCode.PermissionDenied, viewer, "53", "");
        await RefusedAsync(StatusCode.PermissionDenied, kit.Control, "53.71", "");
        await RefusedAsync(StatusCode.Unauthenticated, server.Anonymous, "53.71", "");
    }

    private static async Task<Kit> JoinAsync(RunningServer server, string district)
    {
        var kit = new Kit(server, (await server.JoinAsync(district)).Id);
        await kit.HelloAsync(_monday);
        return kit;
    }

    private static async Task RefusedAsync(StatusCode status, CallInvoker who, string region, string station)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => new HealthService.HealthServiceClient(who).ListConditionsAsync(
            new ListConditionsRequest { RegionCode = region, StationId = station }).ResponseAsync);
        Assert.Equal(status, refused.StatusCode);
    }
}
