using KtpGrpc.Server.Clock;

namespace KtpGrpc.Server.Storage;

/// <summary>Keeps the domain clock on the database's time, so that several servers agree on the hour whatever their own clocks say.</summary>
internal sealed partial class DatabaseTime(Database database, DomainClock clock, TimeProvider time, ILogger<DatabaseTime> logger) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await FollowAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(_period, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogUnanswered(logger, fault);
            }
        }
    }

    /// <summary>The answer is taken to be from the middle of the question's way there and back.</summary>
    private async Task FollowAsync(CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        var told = await database.GetTimeAsync(cancellation);
        clock.FollowDatabase(told + time.GetElapsedTime(asked) / 2 - time.GetUtcNow());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database did not tell its time; the difference known before still holds.")]
    private static partial void LogUnanswered(ILogger logger, Exception fault);
}
