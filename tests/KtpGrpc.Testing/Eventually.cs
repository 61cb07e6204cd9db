using System.Runtime.CompilerServices;

namespace KtpGrpc.Testing;

/// <summary>Awaits what will come true by a deadline; a look that throws counts as "not yet", and is told if it was the last.</summary>
public static class Eventually
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a test waits unless it says otherwise: ample, since only a failure waits it out.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public static Task HoldsAsync(
        Func<bool> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(() => Task.FromResult(condition()), seen => seen, deadline, what);

    public static Task HoldsAsync(
        Func<Task<bool>> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(condition, seen => seen, deadline, what);

    public static Task<T> HoldsAsync<T>(
        Func<T> look, Func<T, bool> holds, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(holds))] string what = "") =>
        HoldsAsync(() => Task.FromResult(look()), holds, deadline, what);

    /// <summary>Looks again and again until what is seen holds, and gives it back; else fails with what was seen last.</summary>
    public static async Task<T> HoldsAsync<T>(
        Func<Task<T>> look, Func<T, bool> holds, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(holds))] string what = "")
    {
        var patience = deadline ?? Patience;
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (seen, fault) = await LookAsync(look);
            if (fault is null && holds(seen!))
            {
                return seen!;
            }

            if (TimeProvider.System.GetElapsedTime(start) >= patience)
            {
                var last = fault is null ? $"{seen}" : $"{fault.GetType().Name}: {fault.Message}";
                throw new TimeoutException($"Not within {patience.TotalSeconds} s: {what}. Last seen: {last}", fault);
            }

            await Task.Delay(_pause, TimeProvider.System);
        }
    }

    private static async Task<(T? Seen, Exception? Fault)> LookAsync<T>(Func<Task<T>> look)
    {
        try
        {
            return (await look(), null);
        }
        catch (Exception fault)
        {
            return (default, fault);
        }
    }
}
