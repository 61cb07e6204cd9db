using Grpc.Core;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// What a caller streams. A read that fails is the caller's doing: he reset the stream or his line broke, and whoever reads
/// may learn of that a moment before the call's token does, which the server cancels on another thread.
/// </summary>
internal sealed class CallersStream<T>(IAsyncStreamReader<T> stream) : IAsyncStreamReader<T>
{
    public T Current => stream.Current;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        var move = stream.MoveNext(cancellationToken);
        return move.IsCompletedSuccessfully ? move : WaitAsync(move);
    }

    private static async Task<bool> WaitAsync(Task<bool> move)
    {
        try
        {
            return await move;
        }
        catch (IOException)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "The caller left."));
        }
    }
}
