using Xunit;

namespace KtpGrpc.Detection.Liveness;

public sealed class LivenessProtocolTests
{
    [Fact]
    public void BeatsWithoutLoss_AreNeverMissed_AndACrashIsNoticedAfterSevenPeriodsAtMost()
    {
        var report = LivenessProtocol.Judge("made", [([.. Enumerable.Range(0, 200).Select(i => 60.0 * i)], 60)]);

        Assert.Equal(0, report.Of("mistakes per device-month"));
        Assert.Equal(6.6, report.Of("time to notice a crash, mean periods"), 2);
        Assert.Equal(7.05, report.Of("time to notice a crash, p95 periods"), 1);
        Assert.Equal(1, report.Of("share of time that the answer is right"));
    }

    [Fact]
    public void GapOfTwentyPeriods_IsOneMistake_OfWhatLiesBehindTheDeadline()
    {
        double[] beats = [.. Enumerable.Range(0, 100).Select(i => 60.0 * i), .. Enumerable.Range(119, 100).Select(i => 60.0 * i)];

        var report = LivenessProtocol.Judge("made", [(beats, 60)]);

        // 198 gaps after the warm-up of 20, 199 minus 19 of them, and one of them of 20 periods.
        var months = (199 + 19 - 19) * 60.0 / (30.44 * 86_400);
        Assert.Equal(1 / months, report.Of("mistakes per device-month"), 1e-6);
        Assert.Equal(20 - 7.1, report.Of("duration of a mistake, mean periods"), 3);
    }

    [Fact]
    public void Device_CountsWhereItsBeatsAreMany_AndItsPeriodIsOne()
    {
        IEnumerable<(double, long)> Beats(int count, double second) => Enumerable.Range(0, count).Select(i => (i % 2 == 0 ? i * 60.0 : i * 60.0 + second, (long)i));

        Assert.Equal(60, LivenessProtocol.Regular(Beats(60, 0))!.Value.Period);
        Assert.Null(LivenessProtocol.Regular(Beats(49, 0)));
        Assert.Null(LivenessProtocol.Regular(Beats(60, 20)));
    }
}
