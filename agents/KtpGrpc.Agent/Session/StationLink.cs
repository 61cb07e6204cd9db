using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using KtpGrpc.Agent.Identity;

namespace KtpGrpc.Agent.Session;

/// <summary>The station's control connection: the session, and the calls that go beside it.</summary>
internal sealed class StationLink : IAsyncDisposable
{
    private readonly GrpcChannel _channel;

    public StationLink(AgentOptions options, StationIdentity identity, TimeProvider time)
    {
        _channel = ServerTrust.Open(options.Control, identity.Authority, identity.Certificate, time);
        Calls = _channel.Intercept(new UnaryDeadline());
    }

    public CallInvoker Calls { get; }

    /// <summary>Null while no session is open.</summary>
    public SessionClient? Session { get; set; }

    public async ValueTask DisposeAsync()
    {
        if (Session is { } session)
        {
            await session.DisposeAsync();
        }

        _channel.Dispose();
    }
}
