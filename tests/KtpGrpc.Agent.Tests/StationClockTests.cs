namespace KtpGrpc.Agent.Tests;

public sealed class StationClockTests
{
    private static readonly DateTimeOffset _server = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Clock_BeforeTheFirstWelcome_IsTheKiosks() =>
        Assert.Equal(DateTimeOffset.UnixEpoch, new StationClock(new KioskTime(DateTimeOffset.UnixEpoch)).Now);

    [Fact]
    public void Clock_AfterAWelcome_GoesOnFromTheServersTimeWhateverTheKioskSays()
    {
        var kiosk = new KioskTime(DateTimeOffset.UnixEpoch);
        var clock = new StationClock(kiosk);

        var offset = clock.Measure(_server);
        kiosk.Elapse(TimeSpan.FromMinutes(10));
        kiosk.SetClock(DateTimeOffset.UnixEpoch.AddYears(80));

        Assert.Equal(_server - DateTimeOffset.UnixEpoch, offset);
        Assert.Equal(_server.AddMinutes(10), clock.Now);
    }

    [Fact]
    public void Offset_IsToldOnceAndAgainWhenItHasChanged()
    {
        var kiosk = new KioskTime(_server.AddHours(-1));
        var clock = new StationClock(kiosk);

        Assert.Equal(TimeSpan.FromHours(1), clock.Measure(_server));
        Assert.Null(clock.Measure(_server.AddSeconds(30)));
        Assert.Equal(TimeSpan.FromHours(2), clock.Measure(_server.AddHours(1)));
    }

    [Fact]
    public void Offset_WithinAMinute_IsNotTold() =>
        Assert.Null(new StationClock(new KioskTime(_server.AddSeconds(-59))).Measure(_server));

    /// <summary>A kiosk whose clock and whose monotonic counter go their own ways.</summary>
    private sealed class KioskTime(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;
        private TimeSpan _monotonic;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _monotonic.Ticks;

        public void Elapse(TimeSpan time) => (_now, _monotonic) = (_now + time, _monotonic + time);

        public void SetClock(DateTimeOffset now) => _now = now;
    }
}
