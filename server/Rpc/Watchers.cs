using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// Everybody who watches something change. Each has a bounded buffer: one who reads too slowly is told to start over,
/// instead of holding memory for ever.
/// </summary>
internal sealed class Watchers<T>
{
    private const int Buffered = 4096;

    private readonly ConcurrentDictionary<Channel<T>, byte> _watchers = new();

    public void Tell(T change)
    {
        foreach (var (watcher, _) in _watchers)
        {
            if (!watcher.Writer.TryWrite(change))
            {
                watcher.Writer.TryComplete(new RpcException(new Status(StatusCode.Aborted, "The watcher fell behind: watch again, from a new picture.")));
            }
        }
    }

    /// <summary>Subscribes at once; take the first picture after this call, so that no change falls between.</summary>
    public Subscription Subscribe()
    {
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(Buffered) { SingleReader = true });
        _watchers[channel] = 0;
        return new Subscription(channel, () => _watchers.TryRemove(channel, out _));
    }

    /// <summary>
    /// Serves one watcher: the picture, its end, then each change, until he leaves. Null from <paramref name="toWire"/> passes a
    /// change over that is not his.
    /// </summary>
    public async Task ServeAsync<TResponse>(
        IServerStreamWriter<TResponse> stream, Func<IAsyncEnumerable<T>> picture, TResponse end, Func<T, TResponse?> toWire, CancellationToken cancellation)
        where TResponse : class
    {
        using var subscription = Subscribe();
        await foreach (var row in picture().WithCancellation(cancellation))
        {
            await TellAsync(row);
        }

        await stream.WriteAsync(end, cancellation);
        await foreach (var change in subscription.ChangesAsync(cancellation))
        {
            await TellAsync(change);
        }

        async Task TellAsync(T row)
        {
            if (toWire(row) is { } response)
            {
                await stream.WriteAsync(response, cancellation);
            }
        }
    }

    internal sealed class Subscription(Channel<T> channel, Action leave) : IDisposable
    {
        public IAsyncEnumerable<T> ChangesAsync(CancellationToken cancellation) => channel.Reader.ReadAllAsync(cancellation);

        public void Dispose() => leave();
    }
}
