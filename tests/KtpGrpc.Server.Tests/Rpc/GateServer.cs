using Grpc.Core;
using Grpc.Net.Client;
using Ktp.Enrolment.V1;
using Ktp.Session.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Server.Tests.Rpc;

/// <summary>The gate before services that were made to fail, over plain HTTP/2.</summary>
internal sealed class GateServer : IAsyncDisposable
{
    public const string Secret = "5371045708900001 Maria";

    private readonly WebApplication _app;

    private GateServer(WebApplication app)
    {
        _app = app;
        Channel = GrpcChannel.ForAddress(app.Urls.First());
    }

    public GrpcChannel Channel { get; }

    public static async Task<GateServer> StartAsync()
    {
        var app = Build();
        await app.StartAsync();
        return new GateServer(app);
    }

    public static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddRpc(most: 1024);
        var app = builder.Build();
        app.MapGrpcService<FailingStations>();
        app.MapGrpcService<FailingEnrolment>();
        app.MapGrpcService<FailingSession>();
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.DisposeAsync();
    }

    internal sealed class FailingStations : StationService.StationServiceBase
    {
        [Right(Anyone = true)]
        public override Task<GetStationResponse> GetStation(GetStationRequest request, ServerCallContext context) => throw new InvalidOperationException(Secret);

        [Right(Anyone = true)]
        public override async Task WatchStations(WatchStationsRequest request, IServerStreamWriter<WatchStationsResponse> responseStream, ServerCallContext context)
        {
            await responseStream.WriteAsync(new WatchStationsResponse(), context.CancellationToken);
            throw new InvalidOperationException(Secret);
        }

        [Right(Anyone = true)]
        public override Task<RetireStationResponse> RetireStation(RetireStationRequest request, ServerCallContext context) => throw Refuse.Precondition("A refusal of ours.");

        [Right(Anyone = true)]
        public override async Task<JoinResponse> Join(JoinRequest request, ServerCallContext context)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            return new JoinResponse();
        }

        // No right, as somebody forgot it.
        public override Task<ListStationsResponse> ListStations(ListStationsRequest request, ServerCallContext context) => Task.FromResult(new ListStationsResponse());
    }

    internal sealed class FailingEnrolment : EnrolmentService.EnrolmentServiceBase
    {
        [Right(Anyone = true)]
        public override async Task<UploadResponse> Upload(IAsyncStreamReader<UploadRequest> requestStream, ServerCallContext context)
        {
            await requestStream.MoveNext(context.CancellationToken);
            throw new IOException(Secret);
        }
    }

    internal sealed class FailingSession : SessionService.SessionServiceBase
    {
        [Right(Anyone = true)]
        public override async Task Connect(IAsyncStreamReader<ConnectRequest> requestStream, IServerStreamWriter<ConnectResponse> responseStream, ServerCallContext context)
        {
            await requestStream.MoveNext(context.CancellationToken);
            throw new AggregateException(new InvalidOperationException(Secret));
        }
    }
}
