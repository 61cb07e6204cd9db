namespace KtpGrpc.Compat.Tests;

/// <summary>How long a test waits for what must happen: far longer than it takes, so that only a failure reaches it.</summary>
internal static class Patience
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    public static Task<T> Patiently<T>(this Task<T> task) => task.WaitAsync(_limit);

    public static Task Patiently(this Task task) => task.WaitAsync(_limit);

    /// <summary>Ends when the token fires, and fails when patience ends first.</summary>
    public static Task WhenCancelled(this CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => cancelled.TrySetResult());
        return cancelled.Task.Patiently();
    }

    /// <summary>A token that fires when patience ends, for loops that wait for a condition.</summary>
    public static CancellationTokenSource Token() => new(_limit);

    /// <summary>A moment at which patience ends, for the deadline of a call.</summary>
    public static DateTime Deadline() => (TimeProvider.System.GetUtcNow() + _limit).UtcDateTime;
}
