namespace KtpGrpc.Agent;

/// <summary>
/// What time it is by the server: measured at each welcome, monotonic since then, for the kiosk's own clock may say 1970
/// or jump. Before the first welcome it is the kiosk's.
/// </summary>
internal sealed class StationClock(TimeProvider time)
{
    /// <summary>What a clock may be off before a person should know.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private Measured? _measured;
    private TimeSpan _told;

    public DateTimeOffset Now => Volatile.Read(ref _measured) is { } measured ? measured.At + time.GetElapsedTime(measured.Timestamp) : time.GetUtcNow();

    /// <summary>The offset of the kiosk's clock where it is new and beyond the tolerance, else null.</summary>
    public TimeSpan? Measure(DateTimeOffset serverTime)
    {
        var offset = serverTime - time.GetUtcNow();
        Volatile.Write(ref _measured, new Measured(serverTime, time.GetTimestamp()));
        if ((offset - _told).Duration() <= Tolerance)
        {
            return null;
        }

        _told = offset;
        return offset.Duration() > Tolerance ? offset : null;
    }

    private sealed record Measured(DateTimeOffset At, long Timestamp);
}
