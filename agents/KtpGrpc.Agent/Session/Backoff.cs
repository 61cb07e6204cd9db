namespace KtpGrpc.Agent.Session;

/// <summary>
/// When a station connects again: windows of 1, 2, 4 … 64 s, and a delay drawn evenly from the whole window.
/// The draw comes after the cap, so that a fleet which lost its server together does not return together.
/// </summary>
internal static class Backoff
{
    /// <summary>A session shorter than this is one more failure: a server that accepts and drops is not up.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait a server may ask for; beyond it a wrong number would lose the station for a day.</summary>
    public static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    private const int LastStep = 6;

    /// <param name="random">An even draw from [0, 1).</param>
    public static (BackoffState State, TimeSpan Delay) Next(BackoffState state, BackoffEvent happened, double random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(random);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(random, 1.0);

        var step = Lived(happened) >= Settled ? 0 : Math.Clamp(state.Step, 0, LastStep);
        var jitter = Window(step) * random;

        return (new BackoffState(Math.Min(step + 1, LastStep)), Asked(happened) + jitter);
    }

    public static TimeSpan Window(int step) => TimeSpan.FromSeconds(1 << Math.Clamp(step, 0, LastStep));

    private static TimeSpan Lived(BackoffEvent happened) => happened switch
    {
        BackoffEvent.Ended ended => ended.Lived,
        BackoffEvent.SentAway sentAway => sentAway.Lived,
        _ => TimeSpan.Zero,
    };

    // The jitter is added to what the server asked for: it tells many stations the same number.
    private static TimeSpan Asked(BackoffEvent happened) => happened is BackoffEvent.SentAway { After: var after }
        ? after < TimeSpan.Zero ? TimeSpan.Zero : after > LongestAsked ? LongestAsked : after
        : TimeSpan.Zero;
}
