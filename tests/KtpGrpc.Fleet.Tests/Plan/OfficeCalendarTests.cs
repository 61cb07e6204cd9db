using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Tests.Plan;

public sealed class OfficeCalendarTests
{
    private static readonly UtcOffset _kupang = new(TimeSpan.FromHours(8));

    private static readonly OfficeCalendar _calendar = new(
        new OfficeHours { Opens = new TimeOnly(8, 0), Closes = new TimeOnly(16, 0), Days = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday] },
        _kupang,
        TimeSpan.FromMinutes(15));

    [Fact]
    public void Day_OfWork_HasABeatFromOpeningUntilBeforeClosing()
    {
        var beats = _calendar.Beats(new DateOnly(2017, 3, 30), new DateOnly(2017, 3, 30)).ToList();

        Assert.Equal(32, beats.Count);
        Assert.Equal(new DateTimeOffset(2017, 3, 30, 0, 0, 0, TimeSpan.Zero), beats[0]);
        Assert.Equal(new DateTimeOffset(2017, 3, 30, 7, 45, 0, TimeSpan.Zero), beats[^1]);
        Assert.Equal(Enumerable.Range(0, 32), beats.Select(_calendar.BeatOfDay));
    }

    [Fact]
    public void Night_AndWeekend_AreOneStep()
    {
        var beats = _calendar.Beats(new DateOnly(2017, 3, 31), new DateOnly(2017, 4, 3)).ToList();

        Assert.Equal(64, beats.Count);
        Assert.Equal(TimeSpan.FromHours(64.25), beats[32] - beats[31]);
    }

    [Fact]
    public void Day_OfAMoment_IsTheLocalOne() =>
        Assert.Equal(new DateOnly(2017, 3, 30), _calendar.DayOf(new DateTimeOffset(2017, 3, 29, 23, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void Holiday_HasNoBeatsOfItsOwnAndItsHoursAreLivedThrough()
    {
        var calendar = SmallProvince.Plan().Calendar;
        var (before, after) = (calendar.BeatAt(new DateOnly(2019, 6, 4), 7), calendar.BeatAt(new DateOnly(2019, 6, 6), 0));

        Assert.False(calendar.IsWorkingDay(new DateOnly(2019, 6, 5)));
        Assert.DoesNotContain(calendar.Beats(new DateOnly(2019, 6, 4), new DateOnly(2019, 6, 6)), beat => calendar.DayOf(beat) == new DateOnly(2019, 6, 5));
        Assert.Equal(8, calendar.HolidayHours(before, after).Count());
        Assert.All(calendar.HolidayHours(before, after), hour => Assert.InRange(hour, before, after));
        Assert.Equal(before, calendar.BeatBefore(after));
        Assert.False(calendar.IsHoliday(new DateOnly(2019, 6, 8)));
    }
}
