namespace KtpGrpc.Server.Clock;

/// <summary>
/// The time that domain rules go by: the scenario's where one is played, else the database's, else the system's.
/// Certificates, tokens, deadlines and back-off do not ask it. Whole milliseconds, so that what is stored is what was meant.
/// </summary>
internal sealed class DomainClock(TimeProvider system)
{
    private long _offsetMilliseconds;
    private long _scenarioMilliseconds = long.MinValue;

    public bool IsScenario => Volatile.Read(ref _scenarioMilliseconds) != long.MinValue;

    public DateTimeOffset Now
    {
        get
        {
            var scenario = Volatile.Read(ref _scenarioMilliseconds);
            return DateTimeOffset.FromUnixTimeMilliseconds(
                scenario != long.MinValue ? scenario : system.GetUtcNow().ToUnixTimeMilliseconds() + Volatile.Read(ref _offsetMilliseconds));
        }
    }

    /// <summary>How far the database's clock is ahead of this machine's; ignored in a scenario.</summary>
    public void FollowDatabase(TimeSpan offset) => Volatile.Write(ref _offsetMilliseconds, (long)offset.TotalMilliseconds);

    /// <summary>Sets a scenario's time; from then on only this moves the clock.</summary>
    public void SetScenario(DateTimeOffset now) => Volatile.Write(ref _scenarioMilliseconds, now.ToUnixTimeMilliseconds());
}
