using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Wire;

public sealed class DeadlineTests
{
    // Long enough for a call over an open connection to reach the server first, even on a busy machine.
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(2);

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    [Fact]
    public async Task ClientStreaming_DeadlinePasses_FailsTheClientAndCancelsTheServer()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnGather = async (_, context) =>
            {
                await context.CancellationToken.WhenCancelled();
                cancelled.SetResult();
                return new Phrase();
            },
        });
        using var channel = server.Dial();
        var client = new Parrot.ParrotClient(channel);
        await client.SayAsync(new Phrase());

        using var call = client.Gather(deadline: Now + _soon);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        await cancelled.Task.Patiently();
    }

    [Fact]
    public async Task ServerStreaming_DeadlinePassesMidway_KeepsWhatCameBefore()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnCount = async (_, responses, context) =>
            {
                await responses.WriteAsync(new Phrase { Number = 1 });
                await context.CancellationToken.WhenCancelled();
            },
        });
        using var channel = server.Dial();
        var client = new Parrot.ParrotClient(channel);
        await client.SayAsync(new Phrase());

        using var call = client.Count(new Phrase(), deadline: Now + _soon);
        Assert.True(await call.ResponseStream.MoveNext().Patiently());
        var first = call.ResponseStream.Current.Number;
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext()).Patiently();

        Assert.Equal(1, first);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task Unary_DeadlineAlreadyPast_NeverReachesTheServer()
    {
        var calls = 0;
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, _) =>
            {
                Interlocked.Increment(ref calls);
                return Task.FromResult(request);
            },
        });
        using var channel = server.Dial();
        var client = new Parrot.ParrotClient(channel);

        var call = client.SayAsync(new Phrase(), deadline: Now - _soon);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        await client.SayAsync(new Phrase());

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Server_CalledWithDeadline_SeesItButNotItsHeader()
    {
        DateTime seen = default;
        string[] keys = [];
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, context) =>
            {
                seen = context.Deadline;
                keys = [.. context.RequestHeaders.Select(entry => entry.Key)];
                return Task.FromResult(request);
            },
        });
        using var channel = server.Dial();
        var deadline = Now + TimeSpan.FromHours(1);

        await new Parrot.ParrotClient(channel).SayAsync(new Phrase(), new Metadata { { "mark", "1" } }, deadline);

        Assert.InRange(seen, deadline - TimeSpan.FromMinutes(1), deadline + TimeSpan.FromMinutes(1));
        Assert.Contains("mark", keys);
        Assert.DoesNotContain(keys, key => key.StartsWith("grpc-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_CalledWithoutDeadline_SeesTheEndOfTime()
    {
        DateTime seen = default;
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (request, context) =>
            {
                seen = context.Deadline;
                return Task.FromResult(request);
            },
        });
        using var channel = server.Dial();

        await new Parrot.ParrotClient(channel).SayAsync(new Phrase());

        Assert.Equal(DateTime.MaxValue, seen);
    }
}
