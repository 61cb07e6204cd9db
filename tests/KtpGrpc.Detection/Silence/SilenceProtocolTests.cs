using Xunit;
using Beat = KtpGrpc.Detection.Silence.SilenceProtocol.Beat;

namespace KtpGrpc.Detection.Silence;

/// <summary>Six offices of six kits, 08:00 to 15:00 each working day, four weeks.</summary>
public sealed class SilenceProtocolTests
{
    private const int Day = 1440;
    private const int Opens = 8 * 60;

    [Fact]
    public void WellFleet_HasNoNotice()
    {
        var report = Judge((_, _) => true);

        Assert.Equal(0, report.Of("false alarms per kit-month"));
        Assert.Equal(0, report.Of("group notices of offices") + report.Of("group notices of the country"));
    }

    [Fact]
    public void Death_IsFoundInTwoToThreeHours_AndADayOffIsNone()
    {
        var death = 15 * Day + Opens + 60;

        var report = Judge((kit, minute) => !(kit == 3 && minute >= death) && !(kit == 9 && minute / Day == 16), ("K003", death));

        Assert.Equal(1, report.Of("recall of deaths"));
        Assert.InRange(report.Of("median delay, hours"), 2, 3);
        Assert.Equal(1, report.Of("precision"));
        Assert.Equal(0, report.Of("group notices of offices"));
    }

    [Fact]
    public void NoticeBeforeTheDeath_IsFalse()
    {
        var report = Judge((kit, minute) => kit != 3 || minute / Day < 14 || minute >= 22 * Day, ("K003", 26 * Day));

        Assert.Equal(0, report.Of("recall of deaths"));
        Assert.Equal(1 / (36 * (25 + 15 / 24.0 - 14) / 30.44), report.Of("false alarms per kit-month"), 2);
    }

    [Fact]
    public void Uplink_IsOneNoticeOfItsOffice_AndAHolidayOneOfTheCountry()
    {
        var report = Judge((kit, minute) => !(kit / 6 == 2 && minute / Day == 16) && minute / Day != 21);

        Assert.Equal((1, 1), (report.Of("group notices of offices"), report.Of("group notices of the country")));
        Assert.Equal(0, report.Of("false alarms per kit-month"));
    }

    [Fact]
    public void WavesOfARealFleet_AreOneNoticeEach_AndALoneMachineIsOne()
    {
        var reports =
            from day in Enumerable.Range(0, 60)
            from machine in Enumerable.Range(0, 50)
            where day < 30 || machine is < 10 or >= 25
            where day < 40 || machine is < 30
            where machine != 5 || day < 20
            where machine != 7 || day <= 25
            select new MassSilence.Seen(day, $"M{machine}", machine == 7 && day == 25);

        var report = MassSilence.Judge("made", reports);

        Assert.Equal((1, 2), (report.Of("of one machine"), report.Of("of a group")));
        Assert.Equal(36, report.Of("alarms by \"no report for a day\""));
    }

    private static Report Judge(Func<int, int, bool> speaks, params (string Kit, long Minute)[] deaths)
    {
        var beats =
            from day in Enumerable.Range(0, 26)
            where day % 7 < 5
            from slot in Enumerable.Range(0, 7 * 12 + 1)
            let minute = day * Day + Opens + 5 * slot
            from kit in Enumerable.Range(0, 36)
            where speaks(kit, minute)
            select new Beat(minute, $"K{kit:000}", $"G{kit / 6:00}");
        return SilenceProtocol.Judge("made", beats, deaths.ToDictionary(death => death.Kit, death => death.Minute));
    }
}
