using System.Security.Authentication;
using Grpc.AspNetCore.Server;
using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Security;

public sealed class MutualTlsTests : IDisposable
{
    private readonly TestAuthority _ours = new("our authority");
    private readonly TestAuthority _theirs = new("their authority");
    private int _calls;

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    [Fact]
    public async Task Client_WithOurCertificate_IsServedUnderItsName()
    {
        AuthContext? seen = null;
        await using var server = await ParrotServer.StartAsync(
            new ScriptedParrot
            {
                OnSay = (request, context) =>
                {
                    seen = context.AuthContext;
                    return Task.FromResult(new Phrase { Text = context.GetHttpContext().Connection.ClientCertificate!.Subject });
                },
            },
            listen: TlsEnds.MutualTls(_ours));
        using var certificate = _ours.IssueForClient("printer-7");
        using var channel = server.DialTls(_ours, certificate);

        var answer = await new Parrot.ParrotClient(channel).SayAsync(new Phrase());

        Assert.Equal("CN=printer-7", answer.Text);
        Assert.True(seen!.IsPeerAuthenticated);
        Assert.Contains("printer-7", seen.PeerIdentity.Select(property => property.Value));
        Assert.Equal("printer-7", seen.FindPropertiesByName("x509_common_name").Single().Value);
    }

    [Fact]
    public async Task Client_WithoutCertificate_IsRefused()
    {
        await using var server = await StartAsync();
        using var channel = server.DialTls(_ours);

        await AssertRefusedAsync(channel);
    }

    [Fact]
    public async Task Client_WithCertificateOfAnotherAuthority_IsRefused()
    {
        await using var server = await StartAsync();
        using var certificate = _theirs.IssueForClient("printer-7");
        using var channel = server.DialTls(_ours, certificate);

        await AssertRefusedAsync(channel);
    }

    [Fact]
    public async Task Client_WithExpiredCertificate_IsRefused()
    {
        await using var server = await StartAsync();
        using var certificate = _ours.IssueExpiredForClient("printer-7");
        using var channel = server.DialTls(_ours, certificate);

        await AssertRefusedAsync(channel);
    }

    [Fact]
    public async Task Client_WithCertificateForServers_IsRefused()
    {
        await using var server = await StartAsync();
        using var certificate = _ours.IssueForServer();
        using var channel = server.DialTls(_ours, certificate);

        await AssertRefusedAsync(channel);
    }

    [Fact]
    public async Task Server_WithCertificateOfAnotherAuthority_IsRefusedByTheClient()
    {
        await using var server = await StartAsync();
        using var certificate = _ours.IssueForClient("printer-7");
        using var channel = server.DialTls(trusted: _theirs, certificate);

        var failure = await AssertRefusedAsync(channel);

        Assert.IsType<AuthenticationException>(failure.Status.DebugException!.InnerException);
    }

    private Task<ParrotServer> StartAsync() => ParrotServer.StartAsync(
        new ScriptedParrot
        {
            OnSay = (request, _) =>
            {
                Interlocked.Increment(ref _calls);
                return Task.FromResult(request);
            },
        },
        listen: TlsEnds.MutualTls(_ours));

    private async Task<RpcException> AssertRefusedAsync(GrpcChannel channel)
    {
        var call = new Parrot.ParrotClient(channel).SayAsync(new Phrase(), deadline: Patience.Deadline());
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Contains(failure.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
        Assert.Equal(0, _calls);
        return failure;
    }
}
