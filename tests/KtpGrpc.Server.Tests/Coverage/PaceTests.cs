using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Coverage;

public sealed class PaceTests
{
    private static readonly Gen<DateOnly> _days = Gen.Choose(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber, new DateOnly(2100, 1, 1).DayNumber).Select(DateOnly.FromDayNumber);

    [Fact]
    public void WorkingDays_Counted_AreThoseThatAreWalked() => Property.Holds(_days.Zip(Gen.Choose(-3, 400)), drawn =>
    {
        var (first, last) = (drawn.Item1, drawn.Item1.AddDays(drawn.Item2));

        var walked = Enumerable.Range(0, Math.Max(0, drawn.Item2 + 1)).Count(day => WorkingDays.Is(first.AddDays(day)));

        Assert.Equal(walked, WorkingDays.Count(first, last));
    });

    [Fact]
    public void WorkingDay_Nth_HasSoManyUpToIt() => Property.Holds(_days.Zip(Gen.Choose(1, 600)), drawn =>
    {
        var day = WorkingDays.Nth(drawn.Item1, drawn.Item2);

        Assert.True(WorkingDays.Is(day));
        Assert.Equal(drawn.Item2, WorkingDays.Count(drawn.Item1, day));
    });

    [Fact]
    public void Window_OfAnyDay_HoldsTwentyWorkingDaysAndEndsYesterday() => Property.Holds(_days, today =>
    {
        var window = PaceWindow.Of(today, new DateOnly(1960, 1, 1));

        Assert.Equal((28, 20), (window.Last.DayNumber - window.First.DayNumber + 1, WorkingDays.Count(window.First, window.Last)));
        Assert.Equal((today, 1.0), (window.Today, window.PerDay(20)));
    });

    [Fact]
    public void Window_OfACountryThatHasJustBegun_IsNoLongerThanItsLife()
    {
        var monday = new DateOnly(2016, 9, 5);

        Assert.Equal(10, PaceWindow.Of(monday.AddDays(3), monday).PerDay(30));
        Assert.Equal(30, PaceWindow.Of(monday, monday).PerDay(30));
        Assert.Equal(30, PaceWindow.Of(monday, null).PerDay(600));
    }

    [Fact]
    public void Completion_AtAFasterPace_IsNeverLater() => Property.Holds(
        Gen.Choose(1, 1_000_000).Zip(Gen.Choose(0, 5_000)).Zip(Gen.Choose(0, 5_000)).Zip(_days), drawn =>
    {
        var (((missing, slow), more), today) = drawn;
        var (window, figures) = (PaceWindow.Of(today, new DateOnly(1960, 1, 1)), new CoverageFigures(missing, 0));

        var later = window.DaysToCompletion(figures, slow / 10.0);
        var sooner = window.DaysToCompletion(figures, (slow + more) / 10.0);

        Assert.True(later is null || sooner <= later);
        Assert.True(later is null or > 0);
        Assert.True(slow > 0 || later is null);
    });

    [Fact]
    public void Completion_OfAWeeksWork_CountsTheWeekend()
    {
        var monday = PaceWindow.Of(new DateOnly(2016, 9, 5), new DateOnly(2010, 1, 1));

        Assert.Equal(5, monday.DaysToCompletion(new CoverageFigures(100, 0), 20));
        Assert.Equal(8, monday.DaysToCompletion(new CoverageFigures(101, 0), 20));
        Assert.Equal(0, monday.DaysToCompletion(new CoverageFigures(100, 100), 0));
        Assert.Null(monday.DaysToCompletion(new CoverageFigures(100, 99), 0));
        Assert.Null(monday.DaysToCompletion(new CoverageFigures(0, 99), 5));
        Assert.Null(monday.DaysToCompletion(new CoverageFigures(400_000_000, 0), 0.05));
    }

    [Fact]
    public void Capture_ByAClockThatCannotBeRight_CountsWhenThePacketCame()
    {
        var received = new DateTimeOffset(2017, 3, 30, 6, 0, 0, TimeSpan.Zero);

        Assert.Equal(received.AddDays(-3), CaptureMoment.Of(received.AddDays(-3), received));
        Assert.Equal(received, CaptureMoment.Of(DateTimeOffset.UnixEpoch, received));
        Assert.Equal(received, CaptureMoment.Of(received.AddSeconds(1), received));
        Assert.Equal(received, CaptureMoment.Of(null, received));
    }

    [Fact]
    public void Day_OfAnOffice_IsThatOfItsOwnClock()
    {
        var evening = new DateTimeOffset(2017, 3, 30, 16, 30, 0, TimeSpan.Zero);

        Assert.Equal("2017-03-30", LocalDay.Of(RegionCode.Country, evening).ToText());
        Assert.Equal("2017-03-31", LocalDay.Of(RegionCode.Trusted("53.71.04"), evening).ToText());
    }

    [Theory]
    [InlineData("2016-09-31", "September 2016 has 30 days")]
    [InlineData("2017-02-29", "February 2017 has 28 days")]
    [InlineData("2016-10-00", "October 2016 has 31 days")]
    [InlineData("2016-13-01", "expected yyyy-MM-dd")]
    [InlineData("0000-01-01", "expected yyyy-MM-dd")]
    [InlineData("30-09-2016", "expected yyyy-MM-dd")]
    [InlineData("2016-09-3\u0663", "expected yyyy-MM-dd")]
    [InlineData("", "expected yyyy-MM-dd")]
    public void Day_ThatDoesNotExist_IsRefusedInWords(string text, string words)
    {
        var refused = Assert.Throws<RpcException>(() => LocalDay.Require(text, "date"));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(words, refused.Status.Detail, StringComparison.Ordinal);
    }
}
