using Grpc.AspNetCore.Server;
using KtpGrpc.Compat.Tests.Server;

namespace KtpGrpc.Compat.Tests.Wire;

public sealed class CancellationTests
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Unary_ClientCancels_CancelsTheServer()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = async (request, context) =>
            {
                await WaitForCancellation(context);
                return request;
            },
        });
        using var channel = server.Dial();
        using var cancellation = new CancellationTokenSource();

        var call = new Parrot.ParrotClient(channel).SayAsync(new Phrase(), cancellationToken: cancellation.Token);
        await _entered.Task.Patiently();
        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        await _cancelled.Task.Patiently();
    }

    [Fact]
    public async Task Unary_ClientCancelsAndWantsDotNetsException_GetsIt()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = async (request, context) =>
            {
                await WaitForCancellation(context);
                return request;
            },
        });
        using var channel = server.Dial(new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });
        using var cancellation = new CancellationTokenSource();

        var call = new Parrot.ParrotClient(channel).SayAsync(new Phrase(), cancellationToken: cancellation.Token);
        await _entered.Task.Patiently();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.ResponseAsync).Patiently();
    }

    [Fact]
    public async Task ServerStreaming_ClientDisposesMidway_CancelsTheServer()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnCount = async (_, responses, context) =>
            {
                await responses.WriteAsync(new Phrase());
                await WaitForCancellation(context);
            },
        });
        using var channel = server.Dial();

        var call = new Parrot.ParrotClient(channel).Count(new Phrase());
        Assert.True(await call.ResponseStream.MoveNext().Patiently());
        Assert.False(_cancelled.Task.IsCompleted);
        call.Dispose();

        await _cancelled.Task.Patiently();
    }

    [Fact]
    public async Task DuplexStreaming_ClientCancels_EndsTheServersPendingRead()
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnChat = async (requests, _, _) =>
            {
                var read = requests.MoveNext();
                _entered.SetResult();
                ended.SetResult(await Record.ExceptionAsync(() => read));
            },
        });
        using var channel = server.Dial();
        using var cancellation = new CancellationTokenSource();

        using var call = new Parrot.ParrotClient(channel).Chat(cancellationToken: cancellation.Token);
        await _entered.Task.Patiently();
        await cancellation.CancelAsync();

        Assert.NotNull(await ended.Task.Patiently());
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext()).Patiently();
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task Read_OnlyItsOwnTokenCancelled_EndsTheRead()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnCount = (_, _, context) => WaitForCancellation(context),
        });
        using var channel = server.Dial();
        using var cancellation = new CancellationTokenSource();

        using var call = new Parrot.ParrotClient(channel).Count(new Phrase());
        await _entered.Task.Patiently();
        var read = call.ResponseStream.ReadAllAsync(cancellation.Token).GetAsyncEnumerator(CancellationToken.None).MoveNextAsync();
        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => read.AsTask()).Patiently();
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task Unary_ServerAnswersCancelled_ClientSeesItWithoutHavingCancelled()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = (_, _) => throw new RpcException(Status.DefaultCancelled),
        });
        using var channel = server.Dial();

        var call = new Parrot.ParrotClient(channel).SayAsync(new Phrase());
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();

        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task DuplexStreaming_ServerEndsEarly_ClientsPendingReadGetsTheStatus()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnChat = async (requests, _, context) =>
            {
                await requests.MoveNext(context.CancellationToken);
                throw new RpcException(new Status(StatusCode.Aborted, "enough"));
            },
        });
        using var channel = server.Dial();

        using var call = new Parrot.ParrotClient(channel).Chat();
        var read = call.ResponseStream.MoveNext();
        await call.RequestStream.WriteAsync(new Phrase());

        var failure = await Assert.ThrowsAsync<RpcException>(() => read).Patiently();
        Assert.Equal(StatusCode.Aborted, failure.StatusCode);
        Assert.Equal("enough", failure.Status.Detail);
    }

    [Fact]
    public async Task Unary_ServerAbortsTheRequest_FailsTheClient()
    {
        await using var server = await ParrotServer.StartAsync(new ScriptedParrot
        {
            OnSay = async (request, context) =>
            {
                context.GetHttpContext().Abort();
                await WaitForCancellation(context);
                return request;
            },
        });
        using var channel = server.Dial();

        var call = new Parrot.ParrotClient(channel).SayAsync(new Phrase());
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Patiently();

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        await _cancelled.Task.Patiently();
    }

    private async Task WaitForCancellation(ServerCallContext context)
    {
        _entered.TrySetResult();
        await context.CancellationToken.WhenCancelled();
        _cancelled.TrySetResult();
    }
}
