namespace KtpGrpc.Server.Clock;

/// <summary>All timers of the features: run by the system's time, or by the scenario's when it moves the clock.</summary>
internal sealed partial class DomainTimers(
    IEnumerable<DomainTimer> timers, DomainClock clock, TimeProvider system, ILogger<DomainTimers> logger) : BackgroundService
{
    private readonly DomainTimer[] _timers = [.. timers];
    private readonly Dictionary<string, DateTimeOffset> _lastRun = [];

    /// <summary>Runs, once each and in the order they were added, the timers whose period has passed since their last run.</summary>
    public async Task RunDueAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var timer in _timers)
        {
            if (_lastRun.TryGetValue(timer.Name, out var last) && now - last < timer.Period)
            {
                continue;
            }

            // Marked when it is done: a step that failed and is tried again finds it due.
            await timer.RunAsync(now, cancellation);
            _lastRun[timer.Name] = now;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        clock.IsScenario ? Task.CompletedTask : Task.WhenAll(_timers.Select(timer => LoopAsync(timer, stoppingToken)));

    private async Task LoopAsync(DomainTimer timer, CancellationToken stopping)
    {
        using var ticks = new PeriodicTimer(timer.Period, system);
        while (await ticks.WaitForNextTickAsync(stopping))
        {
            try
            {
                await timer.RunAsync(clock.Now, stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                LogFault(logger, timer.Name, fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Timer {Timer} failed; it runs again after its period.")]
    private static partial void LogFault(ILogger logger, string timer, Exception fault);
}
