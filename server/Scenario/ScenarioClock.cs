using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Scenario;

/// <summary>Moves the domain clock in lock step: a step ends when everything that it set off has ended.</summary>
internal sealed class ScenarioClock(Database database, DomainClock clock, DomainTimers timers, Followers followers) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Starts the scenario's clock where the database left it, or at its beginning; does nothing without a scenario.</summary>
    public async Task RestoreAsync(DateTimeOffset? start, CancellationToken cancellation)
    {
        if (start is null)
        {
            return;
        }

        var kept = await database.ReadAsync(tx => tx.FirstAsync<DateTimeOffset?>("SELECT now FROM scenario_clock", row => row.GetMoment(0)), cancellation);
        clock.SetScenario(kept ?? start.Value);
    }

    public async Task AdvanceToAsync(DateTimeOffset time, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (time < clock.Now)
            {
                throw Refuse.Invalid($"The scenario's clock stands at {clock.Now:O} and does not go back.");
            }

            // What the stations did until now is news before the clock moves.
            await followers.DrainAsync(cancellation);
            clock.SetScenario(time);
            await timers.RunDueAsync(time, cancellation);
            await followers.DrainAsync(cancellation);
            await database.WriteAsync(tx => tx.ExecuteAsync(
                "INSERT INTO scenario_clock (one, now) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET now = excluded.now", clock.Now), cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
