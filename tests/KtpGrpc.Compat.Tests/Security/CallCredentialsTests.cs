using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Security;

public sealed class CallCredentialsTests : IDisposable
{
    private readonly TestAuthority _authority = new("our authority");
    private Metadata _seen = [];

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Channel_WithCallCredentials_SendsThemWithEveryCall()
    {
        var issued = 0;
        await using var server = await StartAsync(TlsEnds.ServerTls(_authority));
        var credentials = ChannelCredentials.Create(
            ChannelCredentials.SecureSsl,
            CallCredentials.FromInterceptor((_, headers) =>
            {
                headers.Add("authorization", $"Bearer {++issued}");
                return Task.CompletedTask;
            }));
        using var channel = server.DialTls(_authority, credentials: credentials);
        var client = new Parrot.ParrotClient(channel);

        await client.SayAsync(new Phrase());
        Assert.Equal("Bearer 1", _seen.GetValue("authorization"));

        await client.SayAsync(new Phrase());
        Assert.Equal("Bearer 2", _seen.GetValue("authorization"));
    }

    [Fact]
    public async Task Call_WithComposedCredentials_SendsAllOfThem()
    {
        AuthInterceptorContext? asked = null;
        await using var server = await StartAsync(TlsEnds.ServerTls(_authority));
        using var channel = server.DialTls(_authority);
        var credentials = CallCredentials.Compose(
            CallCredentials.FromInterceptor((context, headers) =>
            {
                asked = context;
                headers.Add("authorization", "Bearer token");
                return Task.CompletedTask;
            }),
            CallCredentials.FromInterceptor(async (_, headers) =>
            {
                await Task.Yield();
                headers.Add("office", "31.71");
            }));

        await new Parrot.ParrotClient(channel).SayAsync(new Phrase(), new CallOptions(credentials: credentials));

        Assert.Equal("Bearer token", _seen.GetValue("authorization"));
        Assert.Equal("31.71", _seen.GetValue("office"));
        Assert.Equal("Say", asked!.MethodName);
        Assert.Equal($"{server.Address.AbsoluteUri}ktpgrpc.compat.tests.Parrot", asked.ServiceUrl);
    }

    [Fact]
    public async Task Call_CredentialsCannotBeHad_FailsWithoutReachingTheServer()
    {
        await using var server = await StartAsync(TlsEnds.ServerTls(_authority));
        using var channel = server.DialTls(_authority);
        var credentials = CallCredentials.FromInterceptor((_, _) => throw new InvalidOperationException("no token to be had"));

        var call = new Parrot.ParrotClient(channel).SayAsync(new Phrase(), new CallOptions(credentials: credentials));
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.Contains("no token to be had", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(_seen);
    }

    [Fact]
    public async Task Call_CredentialsOverPlaintext_AreNotSent()
    {
        await using var server = await StartAsync();
        using var channel = server.Dial();
        var credentials = CallCredentials.FromInterceptor((_, headers) =>
        {
            headers.Add("authorization", "Bearer token");
            return Task.CompletedTask;
        });

        await new Parrot.ParrotClient(channel).SayAsync(new Phrase(), new CallOptions(credentials: credentials));

        Assert.NotEmpty(_seen);
        Assert.Null(_seen.Get("authorization"));
    }

    [Fact]
    public void Channel_CallCredentialsWithoutTls_CannotBeComposed()
    {
        var credentials = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);

        Assert.Throws<ArgumentException>(() => ChannelCredentials.Create(ChannelCredentials.Insecure, credentials));
    }

    private Task<ParrotServer> StartAsync(Action<Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions>? listen = null) =>
        ParrotServer.StartAsync(
            new ScriptedParrot
            {
                OnSay = (request, context) =>
                {
                    _seen = context.RequestHeaders;
                    return Task.FromResult(request);
                },
            },
            listen: listen);
}
