using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent.Session;

/// <summary>
/// One kind of the station's work, which fails by itself: after a fault it leaves the server alone for a while, and the
/// other kinds go on.
/// </summary>
internal sealed partial class Lane(string work, TimeProvider time, ILogger logger)
{
    private BackoffState _backoff;
    private long _awaySince;
    private TimeSpan _stayAway;

    /// <summary>Does the work unless it is to wait; a fault of the program goes through.</summary>
    /// <param name="lived">How long what the work rests on had lived; null where it never came about.</param>
    public async Task<StepOutcome> RunAsync(Func<CancellationToken, Task> run, Func<TimeSpan?> lived, CancellationToken cancellation)
    {
        if (_stayAway - time.GetElapsedTime(_awaySince) is { Ticks: > 0 } left)
        {
            return new StepOutcome.Away(null, $"{work}: the next try is not due yet.", left);
        }

        try
        {
            await run(cancellation);
            return new StepOutcome.Done();
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && Trouble.Of(fault) is not null)
        {
            return StayAway(Trouble.Of(fault)!, lived());
        }
    }

    /// <summary>The next try is due at once, and counts as the first.</summary>
    public void Forget() => (_backoff, _stayAway) = (default, TimeSpan.Zero);

    private StepOutcome.Away StayAway(Trouble trouble, TimeSpan? lived)
    {
        BackoffEvent happened = (lived, trouble.ReconnectAfter) switch
        {
            (_, { } after) => new BackoffEvent.SentAway(lived ?? TimeSpan.Zero, after),
            ({ } life, null) => new BackoffEvent.Ended(life),
            _ => new BackoffEvent.Failed(),
        };
        (_backoff, _stayAway) = Backoff.Next(_backoff, happened, Random.Shared.NextDouble());
        _awaySince = time.GetTimestamp();
        LogAway(logger, work, trouble, _stayAway);
        return new StepOutcome.Away(trouble.Code, $"{trouble}", _stayAway);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Work} stopped ({Trouble}); next try in {Delay}.")]
    private static partial void LogAway(ILogger logger, string work, Trouble trouble, TimeSpan delay);
}
