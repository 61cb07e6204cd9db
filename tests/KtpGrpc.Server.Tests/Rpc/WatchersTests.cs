using Grpc.Core;
using Ktp.Stations.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using StationService = Ktp.Stations.V1.StationService;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class WatchersTests
{
    [Fact]
    public async Task Watcher_WhoKeepsUp_SeesEveryChangeInOrder()
    {
        var watchers = new Watchers<int>();
        using var subscription = watchers.Subscribe();
        await using var changes = subscription.ChangesAsync(CancellationToken.None).GetAsyncEnumerator();

        for (var i = 0; i < 10_000; i++)
        {
            watchers.Tell(i);
            Assert.True(await changes.MoveNextAsync());
            Assert.Equal(i, changes.Current);
        }
    }

    [Fact]
    public async Task Watcher_WhoFallsBehind_IsEndedAndHoldsNobodyElseUp()
    {
        var watchers = new Watchers<int>();
        using var slow = watchers.Subscribe();
        using var quick = watchers.Subscribe();
        await using var changes = quick.ChangesAsync(CancellationToken.None).GetAsyncEnumerator();
        for (var i = 0; i < 10_000; i++)
        {
            watchers.Tell(i);
            await changes.MoveNextAsync();
        }

        var seen = 0;
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in slow.ChangesAsync(CancellationToken.None))
            {
                seen++;
            }
        });

        Assert.Equal(StatusCode.Aborted, ended.StatusCode);
        Assert.InRange(seen, 1, 9_999);
        Assert.Equal(9_999, changes.Current);
    }

    [Fact]
    public async Task Client_WhoDoesNotRead_IsToldToWatchAnew()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var station = await server.JoinAsync("53.71.04");
        using var watch = new StationService.StationServiceClient(server.Admin).WatchStations(new WatchStationsRequest { RegionCode = "53.71" });
        while (await watch.ResponseStream.MoveNext(CancellationToken.None) && !watch.ResponseStream.Current.SnapshotComplete)
        {
        }

        var directory = server.Services.GetRequiredService<StationDirectory>();
        for (var i = 0; i < 50_000; i++)
        {
            directory.Watchers.Tell(directory.Find(StationId.Trusted(station.Id))!);
        }

        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        });
        Assert.Equal(StatusCode.Aborted, ended.StatusCode);
    }
}
