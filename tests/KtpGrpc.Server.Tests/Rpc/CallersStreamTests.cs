using Grpc.Core;
using KtpGrpc.Server.Rpc;
using Xunit;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class CallersStreamTests
{
    [Fact]
    public async Task Read_OfAStreamThatWasReset_SaysThatTheCallerLeft()
    {
        var stream = new CallersStream<string>(new Scripted(async () =>
        {
            await Task.Yield();
            throw new IOException("The client reset the request stream.");
        }));

        var left = await Assert.ThrowsAsync<RpcException>(() => stream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.Cancelled, left.StatusCode);
    }

    [Fact]
    public async Task Read_ThatFailsOtherwise_StaysTheFaultItIs()
    {
        var stream = new CallersStream<string>(new Scripted(() => Task.FromException<bool>(new InvalidOperationException("ours"))));

        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.MoveNext(CancellationToken.None));
    }

    private sealed class Scripted(Func<Task<bool>> move) : IAsyncStreamReader<string>
    {
        public string Current => "";

        public Task<bool> MoveNext(CancellationToken cancellationToken) => move();
    }
}
