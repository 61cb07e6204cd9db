using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class PresenceTests
{
    /// <summary>08:00 of a Monday in Kupang.</summary>
    private static readonly DateTimeOffset _monday = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<int, int, int> Timetables => new()
    {
        // Minutes between beats, days a week, minutes of jitter.
        { 15, 5, 0 }, { 15, 6, 0 }, { 30, 5, 5 }, { 60, 5, 0 }, { 60, 6, 10 }, { 15, 6, 10 },
    };

    [Theory]
    [MemberData(nameof(Timetables))]
    public void WellStation_OverAYear_IsNeverPresumedDead(int minutes, int days, int jitter)
    {
        var (presence, random) = (new Presence(), new Random(3));
        foreach (var beat in Beats(52 * 7, minutes, days))
        {
            Assert.True(presence.ExpectedHours(beat, 10) < Silence.LateAt + jitter / 60.0, $"{presence.ExpectedHours(beat, 10)} hours at {beat:O}");
            presence.Heard(beat.AddMinutes(random.Next(jitter + 1)));
        }
    }

    [Theory]
    [MemberData(nameof(Timetables))]
    public void Station_ThatDies_IsPresumedDeadByTheNextWorkingDay(int minutes, int days, int jitter)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var (presence, random) = (new Presence(), new Random(seed));
            var beats = Beats(100, minutes, days).ToList();
            var death = beats.FindIndex(beat => beat >= _monday.AddDays(random.Next(15, 80)).AddHours(random.Next(24)));
            beats[..death].ForEach(beat => presence.Heard(beat.AddMinutes(random.Next(jitter + 1))));

            var found = beats[death..].First(beat => presence.ExpectedHours(beat, 10) >= Silence.PresumedDeadAt);

            var workingDays = beats[death..].TakeWhile(beat => beat <= found).Select(beat => beat.Date).Distinct().Count();
            Assert.InRange(workingDays, 1, 2);
        }
    }

    [Fact]
    public void Silence_SeenOnceOrOften_IsTheSame()
    {
        var presence = new Presence();
        foreach (var beat in Beats(30, 15, 6))
        {
            presence.Heard(beat);
        }

        var (last, unasked) = (presence.LastHeard, Restored(presence));
        for (var hours = 0; hours < 400; hours++)
        {
            presence.ExpectedHours(last.AddHours(hours), 100);
        }

        var (much, little) = (presence.ExpectedHours(last.AddDays(3), 100), unasked.ExpectedHours(last.AddDays(3), 100));
        Assert.Equal(much, little);
        Assert.InRange(much, 8, 22);
        Assert.Equal(2, presence.ExpectedHours(last.AddDays(900), 2));
    }

    [Fact]
    public void Station_NeverHeard_IsExpectedByNobody()
    {
        var presence = new Presence();

        Assert.Equal(Liveness.NeverHeard, presence.State);
        Assert.Equal(0, presence.ExpectedHours(_monday, 10));
    }

    [Fact]
    public void Clock_StartedAnew_ForgivesTheSilenceBefore()
    {
        var presence = new Presence();
        foreach (var beat in Beats(30, 15, 5))
        {
            presence.Heard(beat);
        }

        var noon = _monday.AddDays(35).AddHours(4);
        Assert.True(presence.ExpectedHours(noon, 10) > 2);
        presence.RestartClock(noon);

        Assert.Equal(0, presence.ExpectedHours(noon, 10));
        Assert.InRange(presence.ExpectedHours(noon.AddHours(2), 10), 1.4, 2);
    }

    [Fact]
    public void LongAbsence_ForgetsNoTimetable()
    {
        var presence = new Presence();
        foreach (var beat in Beats(60, 15, 5))
        {
            presence.Heard(beat);
        }

        presence.Heard(_monday.AddDays(210));

        Assert.True(presence.ExpectedHours(_monday.AddDays(210).AddHours(4), 10) > Silence.PresumedDeadAt);
    }

    [Fact]
    public void Presence_SavedAndRestored_IsTheSame()
    {
        var presence = new Presence();
        foreach (var beat in Beats(30, 30, 6))
        {
            presence.Heard(beat);
            var restored = Restored(presence);
            Assert.Equal(presence.ExpectedHours(beat.AddDays(4), 100), restored.ExpectedHours(beat.AddDays(4), 100));
            presence = restored;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Station_ThatTaughtNothing_IsExpectedInOfficeHours(int heardForMinutes)
    {
        var presence = new Presence();
        presence.Heard(_monday);
        presence.Heard(_monday.AddMinutes(heardForMinutes));

        Assert.True(presence.ExpectedHours(_monday.AddHours(2), 10) < Silence.LateAt);
        Assert.True(presence.ExpectedHours(_monday.AddHours(8), 10) >= Silence.PresumedDeadAt);
        var friday = new Presence();
        friday.Heard(_monday.AddDays(4).AddHours(7));
        Assert.Equal(0, friday.ExpectedHours(_monday.AddDays(7), 10));
    }

    [Fact]
    public void DeskThatClosed_MayHaveADayOff_AndOneThatFellSilentOpen_MayNot()
    {
        var (closed, open) = (new Presence(), new Presence());
        foreach (var beat in Beats(40, 15, 5))
        {
            closed.Heard(beat);
            if (beat < _monday.AddDays(39).AddHours(3))
            {
                open.Heard(beat);
            }
        }

        var nextEvening = _monday.AddDays(42).AddHours(12);
        var morningAfter = _monday.AddDays(43).AddHours(2);

        Assert.Equal(Silence.PresumedDeadAt, open.DeadAt);
        Assert.InRange(closed.ExpectedHours(nextEvening, 100), Silence.PresumedDeadAt, closed.DeadAt - 0.01);
        Assert.True(closed.ExpectedHours(morningAfter, 100) >= closed.DeadAt);
        closed.RestartClock(nextEvening, alone: true);
        Assert.Equal(Silence.PresumedDeadAt, closed.DeadAt);
    }

    [Theory]
    [InlineData(5, 0.25)]
    [InlineData(300, 0.6)]
    [InlineData(3600, Silence.LateAt)]
    public void FastBeats_AreMissedSoon_AndSlowOnesWhenLate(int seconds, double hours)
    {
        var presence = new Presence();
        for (var i = 0; i < 100; i++)
        {
            presence.Heard(_monday.AddSeconds(i * seconds));
        }

        Assert.Equal(hours, presence.QuietAt, 0.02);
    }

    private static Presence Restored(Presence presence)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        presence.Write(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        return Presence.Read(reader);
    }

    /// <summary>From 08:00 to 15:00 on working days, the last beat at the closing of the desk.</summary>
    private static IEnumerable<DateTimeOffset> Beats(int calendarDays, int minutes, int daysAWeek) =>
        from day in Enumerable.Range(0, calendarDays)
        where day % 7 < daysAWeek
        from minute in Enumerable.Range(0, 7 * 60 / minutes + 1)
        select _monday.AddDays(day).AddMinutes(minute * minutes);
}
