using System.Net.Sockets;
using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Wire;

public sealed class StatusTests
{
    private static readonly byte[] _everyByte = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    public static TheoryData<StatusCode> Failures => [.. Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK)];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Unary_ServerFailsWithCode_ClientSeesTheSameCode(StatusCode code)
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (_, _) => throw new RpcException(new Status(code, $"it was {code}")),
        });
        using var channel = server.Dial();

        var failure = await FailureOf(new Parrot.ParrotClient(channel));

        Assert.Equal(code, failure.StatusCode);
        Assert.Equal(new Status(code, $"it was {code}").ToString(), failure.Status.ToString());
    }

    [Fact]
    public async Task Unary_ServerFailsWithTrailers_ClientReadsTextAndBytes()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (_, _) => throw new RpcException(
                new Status(StatusCode.FailedPrecondition, "kartu habis — 100 %\nceķ ✓"),
                new Metadata { { "reason", "no-cards" }, { "proof-bin", _everyByte } }),
        });
        using var channel = server.Dial();

        var failure = await FailureOf(new Parrot.ParrotClient(channel));

        Assert.Equal("kartu habis — 100 %\nceķ ✓", failure.Status.Detail);
        Assert.Contains("kartu habis", failure.Message, StringComparison.Ordinal);
        Assert.Equal("no-cards", failure.Trailers.GetValue("reason"));
        Assert.True(failure.Trailers.Get("proof-bin")!.IsBinary);
        Assert.Equal(_everyByte, failure.Trailers.GetValueBytes("proof-bin"));
    }

    [Fact]
    public async Task Unary_Succeeds_CarriesHeadersAndTrailers()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = async (request, context) =>
            {
                await context.WriteResponseHeadersAsync([new Metadata.Entry("first", "header")]);
                context.ResponseTrailers.Add("last", "trailer");
                context.ResponseTrailers.Add("last-bin", _everyByte);
                return request;
            },
        });
        using var channel = server.Dial();

        using var call = new Parrot.ParrotClient(channel).SayAsync(new Phrase());
        var headers = await call.ResponseHeadersAsync;
        await call;

        Assert.Equal("header", headers.GetValue("first"));
        Assert.Null(headers.Get("last"));
        Assert.Equal("trailer", call.GetTrailers().GetValue("last"));
        Assert.Equal(_everyByte, call.GetTrailers().GetValueBytes("last-bin"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Unary_ServerSetsStatusInsteadOfThrowing_ClientSeesIt()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (_, context) =>
            {
                context.Status = new Status(StatusCode.NotFound, "nobody");
                return Task.FromResult(new Phrase());
            },
        });
        using var channel = server.Dial();

        var failure = await FailureOf(new Parrot.ParrotClient(channel));

        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        Assert.Equal("nobody", failure.Status.Detail);
    }

    [Fact]
    public async Task ServerStreaming_FailsAfterMessages_DeliversThemFirst()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnCount = async (_, responses, context) =>
            {
                await responses.WriteAsync(new Phrase { Number = 1 });
                await responses.WriteAsync(new Phrase { Number = 2 });
                context.ResponseTrailers.Add("stopped-at", "2");
                throw new RpcException(new Status(StatusCode.DataLoss, "torn"));
            },
        });
        using var channel = server.Dial();
        var numbers = new List<int>();

        using var call = new Parrot.ParrotClient(channel).Count(new Phrase());
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync())
            {
                numbers.Add(response.Number);
            }
        }).Patiently();

        Assert.Equal([1, 2], numbers);
        Assert.Equal(StatusCode.DataLoss, failure.StatusCode);
        Assert.Equal("2", call.GetTrailers().GetValue("stopped-at"));
    }

    [Fact]
    public async Task Call_StillRunning_HasNoStatusAndNoTrailers()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnCount = (_, _, context) => context.CancellationToken.WhenCancelled(),
        });
        using var channel = server.Dial();

        using var call = new Parrot.ParrotClient(channel).Count(new Phrase());

        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }

    [Fact]
    public async Task Unary_ServerThrowsSomethingElse_IsUnknownAndKeepsTheMessage()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (_, _) => throw new InvalidOperationException("inner secret"),
        });
        using var channel = server.Dial();

        var failure = await FailureOf(new Parrot.ParrotClient(channel));

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.DoesNotContain("inner secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unary_MethodNobodyServes_IsUnimplemented()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot());
        using var channel = server.Dial();
        var text = Marshallers.StringMarshaller;
        var unknown = new Method<string, string>(MethodType.Unary, "ktpgrpc.compat.tests.Parrot", "Sing", text, text);

        var call = channel.CreateCallInvoker().AsyncUnaryCall(unknown, null, new CallOptions(), "la");
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Fact]
    public async Task Unary_NobodyListens_IsUnavailableWithTheCause()
    {
        Uri address;
        await using (var server = await ParrotServer.StartAsync(new ScriptedParrot()))
        {
            address = server.Address;
        }

        using var channel = GrpcChannel.ForAddress(address);

        var failure = await FailureOf(new Parrot.ParrotClient(channel));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.IsType<SocketException>(failure.Status.DebugException);
    }

    private static Task<RpcException> FailureOf(Parrot.ParrotClient client) =>
        Assert.ThrowsAsync<RpcException>(() => client.SayAsync(new Phrase()).ResponseAsync).Patiently();
}
