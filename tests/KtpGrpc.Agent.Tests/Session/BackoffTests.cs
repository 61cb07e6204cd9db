using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Agent.Tests.Session;

public sealed class BackoffTests
{
    private const double AlmostOne = 1 - 1e-12;

    private static readonly Gen<double> _draws = Gen.Choose(0, 999_999).Select(draw => draw / 1e6);

    private static readonly Gen<TimeSpan> _durations = Gen.Choose(-10, 10_000).Select(seconds => TimeSpan.FromSeconds(seconds));

    private static readonly Gen<BackoffEvent> _events = Gen.OneOf(
        Gen.Constant<BackoffEvent>(new BackoffEvent.Failed()),
        _durations.Select(lived => (BackoffEvent)new BackoffEvent.Ended(lived)),
        _durations.Two().Select(two => (BackoffEvent)new BackoffEvent.SentAway(two.Item1, two.Item2)));

    private static readonly Gen<(BackoffEvent Happened, double Draw)[]> _histories =
        _events.Zip(_draws).Select(step => (step.Item1, step.Item2)).ArrayOf();

    [Fact]
    public void Delay_AfterFailuresInARow_DrawsFromWindowsOfOneToSixtyFourSeconds()
    {
        var state = default(BackoffState);
        var longest = new List<double>();

        for (var failure = 0; failure < 9; failure++)
        {
            (state, var delay) = Backoff.Next(state, new BackoffEvent.Failed(), AlmostOne);
            longest.Add(Math.Round(delay.TotalSeconds, 3));
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 64, 64], longest);
    }

    [Fact]
    public void Delay_AtTheCap_StillSpreadsOverTheWholeWindow()
    {
        var capped = new BackoffState(6);

        var delays = Enumerable.Range(0, 64).Select(i => Backoff.Next(capped, new BackoffEvent.Failed(), i / 64.0).Delay.TotalSeconds);

        Assert.Equal(Enumerable.Range(0, 64).Select(i => (double)i), delays);
    }

    [Theory]
    [InlineData(59.9, 64)]
    [InlineData(60, 1)]
    public void Window_AfterASessionThatLived_StartsAnewOnlyFromSixtySeconds(double lived, double window)
    {
        var (_, delay) = Backoff.Next(new BackoffState(6), new BackoffEvent.Ended(TimeSpan.FromSeconds(lived)), 0.5);

        Assert.Equal(window / 2, delay.TotalSeconds);
    }

    [Fact]
    public void Delay_WhenTheServerNamesAWait_IsThatWaitAndTheJitterOnTop()
    {
        var sentAway = new BackoffEvent.SentAway(TimeSpan.Zero, TimeSpan.FromSeconds(30));

        Assert.Equal(30, Backoff.Next(default(BackoffState), sentAway, 0).Delay.TotalSeconds);
        Assert.Equal(30.5, Backoff.Next(default(BackoffState), sentAway, 0.5).Delay.TotalSeconds);
    }

    [Fact]
    public void Delay_OverAnyHistory_StaysBetweenWhatWasAskedAndAWindowMore() => Property.Holds(_histories, history =>
    {
        var state = default(BackoffState);
        foreach (var (happened, draw) in history)
        {
            (state, var delay) = Backoff.Next(state, happened, draw);

            var asked = happened is BackoffEvent.SentAway sentAway
                ? TimeSpan.FromSeconds(Math.Clamp(sentAway.After.TotalSeconds, 0, 3600))
                : TimeSpan.Zero;
            Assert.InRange(delay, asked, asked + TimeSpan.FromSeconds(64));
            Assert.InRange(state.Step, 1, 6);
        }
    });

    [Fact]
    public void Window_OverAnyHistory_NeverShrinksButAfterASettledSession() => Property.Holds(_histories, history =>
    {
        var state = default(BackoffState);
        foreach (var (happened, draw) in history)
        {
            var (next, _) = Backoff.Next(state, happened, draw);

            var settled = happened is BackoffEvent.Ended { Lived.TotalSeconds: >= 60 } or BackoffEvent.SentAway { Lived.TotalSeconds: >= 60 };
            Assert.Equal(settled ? 1 : Math.Min(state.Step + 1, 6), next.Step);
            state = next;
        }
    });
}
