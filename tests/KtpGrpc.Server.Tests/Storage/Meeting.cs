using KtpGrpc.Testing;

namespace KtpGrpc.Server.Tests.Storage;

/// <summary>Where the parties of a race wait for each other, so that it is one.</summary>
internal sealed class Meeting(int parties)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    public Task ArriveAsync()
    {
        if (Interlocked.Increment(ref _arrived) == parties)
        {
            _all.SetResult();
        }

        return _all.Task.WaitAsync(Eventually.Patience);
    }
}
