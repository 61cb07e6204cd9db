using KtpGrpc.Server.Health.Detectors;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

/// <summary>When the absence of a station's beats says something, and how soon.</summary>
public sealed class MissedBeatsTests
{
    /// <summary>08:00 of a Monday in Kupang.</summary>
    private static readonly DateTimeOffset _monday = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset _always = DateTimeOffset.MinValue;

    [Theory]
    [InlineData(1, 30, 30)]
    [InlineData(5, 35, 46)]
    [InlineData(60, 420, 550)]
    public void FastBeats_AreMissedAfterSevenToNineOfThem_ButNotBeforeHalfAMinute(int beat, int least, int most)
    {
        var presence = Beating(beat, _monday, 100);

        var after = Uplink.MissedAfter(presence, _always, presence.LastHeard.AddMinutes(1));

        Assert.InRange(after!.Value.TotalSeconds, least, most);
    }

    [Fact]
    public void BrokenSession_IsMissedAfterThreeBeats_AndAFarewellNever()
    {
        var (five, sixty) = (Beating(5, _monday, 100), Beating(60, _monday, 100));

        five.Ended(farewell: false);
        sixty.Ended(farewell: false);
        Assert.Equal(30, Uplink.MissedAfter(five, _always, five.LastHeard)!.Value.TotalSeconds, 1.0);
        Assert.Equal(180, Uplink.MissedAfter(sixty, _always, sixty.LastHeard)!.Value.TotalSeconds, 1.0);

        five.Ended(farewell: true);
        Assert.Null(Uplink.MissedAfter(five, _always, five.LastHeard));
        five.Heard(five.LastHeard.AddSeconds(5));
        Assert.NotNull(Uplink.MissedAfter(five, _always, five.LastHeard));
    }

    [Fact]
    public void SlowBeats_AndThoseOfAStationThatWasHeardOnce_SayNothing()
    {
        Assert.Null(Uplink.MissedAfter(Beating(300, _monday, 100), _always, _monday.AddDays(1)));
        Assert.Null(Uplink.MissedAfter(Beating(5, _monday, 1), _always, _monday.AddMinutes(1)));
    }

    [Fact]
    public void BeatsThatNobodyListenedFor_SayNothing()
    {
        var presence = Beating(5, _monday, 100);
        var last = presence.LastHeard;

        Assert.Null(Uplink.MissedAfter(presence, last.AddSeconds(1), last.AddMinutes(1)));
        presence.RestartClock(last.AddMinutes(10));
        Assert.Null(Uplink.MissedAfter(presence, _always, last.AddMinutes(11)));

        presence.RestartClock(last.AddMinutes(10), alone: true);
        Assert.NotNull(Uplink.MissedAfter(presence, last.AddSeconds(1), last.AddMinutes(11)));
    }

    [Fact]
    public void BeatsAreMissedInTheHoursOfPresence_NotBeforeALongPauseOrTheEndOfTheDay()
    {
        Assert.NotNull(MissedAt(hour: 2, minute: 10));
        Assert.Null(MissedAt(hour: 3, minute: 57));
        Assert.NotNull(MissedAt(hour: 6, minute: 10));
        Assert.Null(MissedAt(hour: 7, minute: 57));
    }

    [Fact]
    public void WhatIsSaidBetweenBeats_TeachesNothingOfThem()
    {
        var presence = Beating(60, _monday, 100);
        for (var second = 1; second < 40; second++)
        {
            presence.Heard(presence.LastHeard.AddSeconds(1), isBeat: false);
        }

        Assert.Equal(60, presence.Beat.Period, 1.0);
    }

    /// <summary>Of a station that is there from 08:00 to 12:00 and from 14:00 to 16:00, and speaks last at an hour of its fifteenth day.</summary>
    private static TimeSpan? MissedAt(int hour, int minute)
    {
        var (presence, end) = (new Presence(), _monday.AddDays(14).AddHours(hour).AddMinutes(minute));
        for (var now = _monday; now <= end; now = now.AddSeconds(20))
        {
            if (now.Hour is < 4 or 6 or 7)
            {
                presence.Heard(now);
            }
        }

        return Uplink.MissedAfter(presence, _always, end.AddMinutes(4));
    }

    private static Presence Beating(int seconds, DateTimeOffset from, int beats)
    {
        var presence = new Presence();
        for (var beat = 0; beat < beats; beat++)
        {
            presence.Heard(from.AddSeconds(beat * seconds));
        }

        return presence;
    }
}
