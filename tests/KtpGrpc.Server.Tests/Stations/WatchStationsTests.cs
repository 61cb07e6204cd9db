using Grpc.Core;
using Ktp.Stations.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Stations;

public sealed class WatchStationsTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Watch_OfACity_ShowsItsPictureThenItsChanges(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync("53.71.04", "53.71.05", "53.72.01");
        await server.JoinAsync("53.71.05");
        await server.JoinAsync("53.71.04");
        await server.JoinAsync("53.72.01");
        var stations = new StationService.StationServiceClient(server.Admin);
        using var watch = stations.WatchStations(new WatchStationsRequest { RegionCode = "53.71" });

        var picture = new List<WatchStationsResponse> { await NextAsync(watch), await NextAsync(watch), await NextAsync(watch) };
        await stations.QuarantineStationAsync(new QuarantineStationRequest { RequestId = "1", StationId = "53.72.01-1", Reason = "elsewhere" });
        await stations.QuarantineStationAsync(new QuarantineStationRequest { RequestId = "2", StationId = "53.71.04-1", Reason = "stolen" });
        var changed = await UntilAsync(watch, change => change.Station.Standing == StationStanding.Quarantined);
        await server.JoinAsync("53.71.04");
        var joined = await UntilAsync(watch, change => change.Station.StationId == "53.71.04-2");

        Assert.Equal(["53.71.04-1", "53.71.05-1", null], picture.Select(part => part.Station?.StationId));
        Assert.Equal([false, false, true], picture.Select(part => part.SnapshotComplete));
        Assert.Equal("53.71.04-1", changed.Station.StationId);
        Assert.Equal(StationStanding.Active, joined.Station.Standing);
    }

    /// <summary>A change may be told twice: by the call that made it, and by the journal.</summary>
    private static async Task<WatchStationsResponse> UntilAsync(AsyncServerStreamingCall<WatchStationsResponse> watch, Func<WatchStationsResponse, bool> wanted)
    {
        while (true)
        {
            var change = await NextAsync(watch);
            Assert.StartsWith("53.71.", change.Station.StationId);
            if (wanted(change))
            {
                return change;
            }
        }
    }

    private static async Task<WatchStationsResponse> NextAsync(AsyncServerStreamingCall<WatchStationsResponse> watch)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        Assert.True(await watch.ResponseStream.MoveNext(patience.Token));
        return watch.ResponseStream.Current;
    }
}
