using System.Threading.Channels;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// Wakes the sealer when this process accepted a fact, and whoever waits at the journal's head when it moved. Hints only:
/// everybody who is woken looks for himself, and looks again after a while unasked.
/// </summary>
internal sealed class JournalSignals
{
    private readonly Channel<bool> _accepted = Channel.CreateBounded<bool>(
        // Drops: one waiting hint says as much as many.
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Accepted() => _accepted.Writer.TryWrite(true);

    /// <summary>The next move of the head; take it before looking, so that none is missed.</summary>
    public Task NextMove => Volatile.Read(ref _moved).Task;

    public void HeadMoved() =>
        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    public async Task WaitForAcceptedAsync(TimeSpan most, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await _accepted.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Time to look unasked.
        }
    }
}
