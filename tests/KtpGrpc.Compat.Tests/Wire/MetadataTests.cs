using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Wire;

public sealed class MetadataTests
{
    // Within Kestrel's default of 32 KiB for all request headers, and near it.
    private const int LargeValue = 24 * 1024;
    private const int TooLargeValue = 64 * 1024;

    [Fact]
    public async Task Headers_LargeTextAndBytes_ArriveWholeInBothDirections()
    {
        var text = new string('x', LargeValue / 2);
        var bytes = Enumerable.Range(0, LargeValue / 4).Select(index => (byte)(index * 31)).ToArray();
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = async (request, context) =>
            {
                await context.WriteResponseHeadersAsync(
                    [new Metadata.Entry("large", context.RequestHeaders.GetValue("large")!)]);
                context.ResponseTrailers.Add("large-bin", context.RequestHeaders.GetValueBytes("large-bin")!);
                return request;
            },
        });
        using var channel = server.Dial();

        using var call = new Parrot.ParrotClient(channel)
            .SayAsync(new Phrase(), new Metadata { { "large", text }, { "large-bin", bytes } });
        await call;

        Assert.Equal(text, (await call.ResponseHeadersAsync).GetValue("large"));
        Assert.Equal(bytes, call.GetTrailers().GetValueBytes("large-bin"));
    }

    [Fact]
    public async Task Headers_LargerThanTheServerAllows_FailThatCallOnly()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot());
        using var channel = server.Dial();
        var client = new Parrot.ParrotClient(channel);

        using var call = client.SayAsync(new Phrase(), new Metadata { { "large", new string('x', TooLargeValue) } });
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();

        Assert.Equal("next", (await client.SayAsync(new Phrase { Text = "next" })).Text);
    }

    [Fact]
    public async Task Headers_SameKeyTwice_ArriveJoinedInOrder()
    {
        var seen = "";
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, context) =>
            {
                seen = context.RequestHeaders.GetAll("colour").Single().Value;
                return Task.FromResult(request);
            },
        });
        using var channel = server.Dial();

        await new Parrot.ParrotClient(channel).SayAsync(new Phrase(), new Metadata { { "colour", "red" }, { "Colour", "blue" } });

        Assert.Equal("red, blue", seen);
    }

    [Fact]
    public async Task Peer_CalledOverLoopback_IsNamedByAddress()
    {
        var seen = "";
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, context) =>
            {
                seen = $"{context.Method} {context.Host} {context.Peer} {context.AuthContext.IsPeerAuthenticated}";
                return Task.FromResult(request);
            },
        });
        using var channel = server.Dial();

        await new Parrot.ParrotClient(channel).SayAsync(new Phrase());

        Assert.StartsWith($"/ktpgrpc.compat.tests.Parrot/Say {server.Address.Authority} ipv4:127.0.0.1:", seen, StringComparison.Ordinal);
        Assert.EndsWith("False", seen, StringComparison.Ordinal);
    }
}
