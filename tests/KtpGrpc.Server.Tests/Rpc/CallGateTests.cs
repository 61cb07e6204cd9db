using Grpc.Core;
using Ktp.Enrolment.V1;
using Ktp.Session.V1;
using Ktp.Stations.V1;
using Xunit;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class CallGateTests
{
    [Fact]
    public async Task Fault_InACallOfAnyKind_BecomesAStatusThatTellsNothingOfOurInside()
    {
        await using var server = await GateServer.StartAsync();
        var stations = new StationService.StationServiceClient(server.Channel);
        var upload = new EnrolmentService.EnrolmentServiceClient(server.Channel).Upload();
        await upload.RequestStream.WriteAsync(new UploadRequest());
        var session = new SessionService.SessionServiceClient(server.Channel).Connect();
        await session.RequestStream.WriteAsync(new ConnectRequest());
        var watch = stations.WatchStations(new WatchStationsRequest());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));

        RpcException[] faults =
        [
            await Assert.ThrowsAsync<RpcException>(() => stations.GetStationAsync(new GetStationRequest()).ResponseAsync),
            await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(CancellationToken.None)),
            await Assert.ThrowsAsync<RpcException>(() => upload.ResponseAsync),
            await Assert.ThrowsAsync<RpcException>(() => session.ResponseStream.MoveNext(CancellationToken.None)),
        ];

        Assert.All(faults, fault =>
        {
            Assert.Equal(new Status(StatusCode.Internal, "The server failed; its log says why."), new Status(fault.StatusCode, fault.Status.Detail));
            Assert.DoesNotContain(GateServer.Secret, string.Join(' ', fault.Trailers.Select(entry => entry.IsBinary ? "" : entry.Value)));
        });
    }

    [Fact]
    public async Task Refusal_OfAService_ReachesTheCallerAsItIs()
    {
        await using var server = await GateServer.StartAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => new StationService.StationServiceClient(server.Channel).RetireStationAsync(new RetireStationRequest()).ResponseAsync);

        Assert.Equal((StatusCode.FailedPrecondition, "A refusal of ours."), (refused.StatusCode, refused.Status.Detail));
    }

    [Fact]
    public async Task Call_WithoutADeclaredRight_IsRefused()
    {
        await using var server = await GateServer.StartAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => new StationService.StationServiceClient(server.Channel).ListStationsAsync(new ListStationsRequest()).ResponseAsync);

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task Call_PastItsDeadline_IsNoFault()
    {
        await using var server = await GateServer.StartAsync();
        var stations = new StationService.StationServiceClient(server.Channel);

        var late = await Assert.ThrowsAsync<RpcException>(() => stations.JoinAsync(new JoinRequest(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(200)).ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    [Fact]
    public async Task Message_AboveTheLimit_IsRefused()
    {
        await using var server = await GateServer.StartAsync();
        var stations = new StationService.StationServiceClient(server.Channel);

        var refused = await Assert.ThrowsAsync<RpcException>(() => stations.GetStationAsync(new GetStationRequest { StationId = new string('x', 2000) }).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }
}
