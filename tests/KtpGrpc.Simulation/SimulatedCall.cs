using Grpc.Core;
using KtpGrpc.Server.Rpc;
using Microsoft.AspNetCore.Http;

namespace KtpGrpc.Simulation;

/// <summary>A call as a service sees it: all that it asks of it is who calls.</summary>
internal sealed class SimulatedCall : ServerCallContext
{
    private readonly Dictionary<object, object> _state = [];

    public SimulatedCall(Caller caller)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(caller);
        _state["__HttpContext"] = context;
    }

    protected override string MethodCore => "";

    protected override string HostCore => "";

    protected override string PeerCore => "";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => [];

    protected override CancellationToken CancellationTokenCore => CancellationToken.None;

    protected override Metadata ResponseTrailersCore => [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => throw new NotSupportedException();

    protected override IDictionary<object, object> UserStateCore => _state;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
