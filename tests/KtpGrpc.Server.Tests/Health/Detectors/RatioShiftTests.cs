using FsCheck;
using FsCheck.Fluent;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using Xunit;
using Xunit.Abstractions;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class RatioShiftTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset _start = new(2014, 9, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Working days of two and a half years, six days a week.</summary>
    private const int Days = 780;

    [Fact]
    public void WellFleet_OverTwoAndAHalfYears_RaisesNoAlarm()
    {
        const int Runs = 10;
        const int Devices = 36;
        var (degraded, alarms) = (0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var usual = new ModelBaseline(0.03);
            for (var device = 0; device < Devices; device++)
            {
                var worst = Live(new Wear(random, usual, 0.02 + 0.01 * random.NextDouble()), Days, _ => 0).Max();
                degraded += worst == ConditionState.Degraded ? 1 : 0;
                alarms += worst > ConditionState.Degraded ? 1 : 0;
            }

            Assert.InRange(usual.Rate, 0.015, 0.035);
        }

        output.WriteLine($"{Runs} runs: {degraded} devices once degraded, {alarms} with an alarm");
        Assert.InRange(alarms, 0, 1);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void WearingDevice_IsFailingWellBeforeItsDeath(int weeks)
    {
        var leads = new List<double>();
        var usual = new ModelBaseline(0.03);
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            const int Well = 60;
            var wearDays = 6 * weeks;
            var states = Live(new Wear(random, usual, 0.02), Well + wearDays, day => Math.Max(0, (day - Well) / (double)wearDays) * 0.38);
            var failing = states.FindIndex(state => state >= ConditionState.Failing);
            Assert.InRange(failing, Well, Well + wearDays - 1);
            leads.Add(Well + wearDays - failing);
        }

        leads.Sort();
        output.WriteLine($"{weeks} weeks of wear: working days ahead: least {leads[0]}, median {leads[25]}");
        Assert.InRange(leads[0], WearShare(weeks), double.MaxValue);

        // At least a quarter of the wear's time is left to act.
        static double WearShare(int weeks) => 6 * weeks / 4.0;
    }

    [Fact]
    public void DeadDevice_IsFailedAfterADozenFailures()
    {
        var usual = new ModelBaseline(0.03);
        var ratio = Warm(usual, out var ok);

        for (var failed = 1; failed <= 15; failed++)
        {
            ratio.Take((ulong)failed, ok, usual, _start);
            if (ratio.State == ConditionState.Failed)
            {
                Assert.InRange(failed, 12, 15);
                return;
            }
        }

        Assert.Fail("Fifteen failures in a row are no failed device.");
    }

    [Fact]
    public void WornDevice_ThatComesToFailSixTimesInTen_IsFailingAndNotTakenForDead()
    {
        var usual = new ModelBaseline(0.03);
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var ratio = Warm(usual, out var ok);
            var worst = ConditionState.Healthy;
            for (var (attempt, failed) = (0, 0UL); attempt < 1500; attempt++)
            {
                (failed, ok) = random.NextDouble() < 0.6 * Math.Min(1, attempt / 300.0) ? (failed + 1, ok) : (failed, ok + 1);
                ratio.Take(failed, ok, usual, _start);
                worst = ratio.State > worst ? ratio.State : worst;
            }

            Assert.Equal(ConditionState.Failing, worst);
        }
    }

    [Fact]
    public void CounterThatBeginsAgain_StartsANewBaseAndNoAlarm()
    {
        var usual = new ModelBaseline(0.03);
        var ratio = new RatioShift();
        ratio.Take(5000, 100, usual, _start);
        ratio.Take(5000, 200, usual, _start);

        ratio.Take(40, 0, usual, _start);
        ratio.Take(40, 30, usual, _start);

        Assert.Equal(ConditionState.Healthy, ratio.State);
        Assert.Equal(0, ratio.Share);
    }

    [Fact]
    public void HighTotals_AtFirstSight_AreNoAlarm()
    {
        var usual = new ModelBaseline(0.03);
        var ratio = new RatioShift();

        ratio.Take(100_000, 5, usual, _start);

        Assert.Equal(ConditionState.Healthy, ratio.State);
    }

    [Fact]
    public void Baseline_OfAFleetWithSickOnes_StaysNearTheWellOnes()
    {
        var random = new Random(7);
        var usual = new ModelBaseline(0.03);
        for (var device = 0; device < 30; device++)
        {
            Live(new Wear(random, usual, device % 3 == 0 ? 0.35 : 0.04), 200, _ => 0);
        }

        Assert.InRange(usual.Rate, 0.03, 0.055);
    }

    [Fact]
    public void Surprise_IsTheTailOfTheDistribution() => Prop.ForAll(
        Gen.Choose(1, 100).SelectMany(attempts => Gen.Choose(0, attempts).Select(failed => (failed, attempts))).ToArbitrary(),
        pair =>
        {
            var (failed, attempts) = pair;
            var here = BetaBinomial.Surprise(failed, attempts, 0.03);
            var more = failed == attempts ? here : BetaBinomial.Surprise(failed + 1, attempts, 0.03);
            return here >= 0 && double.IsFinite(here) && more >= here - 1e-9 && BetaBinomial.Surprise(0, attempts, 0.03) < 1e-9
                && BetaBinomial.Surprise(failed, attempts, 0.05) <= here + 1e-9;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ratio_SavedAndRestored_GoesOnAsIfNothingHadBeen() => Prop.ForAll(
        Gen.Choose(0, 100_000).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var (one, other) = (new ModelBaseline(0.03), new ModelBaseline(0.03));
            var (kept, moved) = (new RatioShift(), new RatioShift());
            var (failed, ok) = (0UL, 0UL);
            for (var step = 0; step < 60; step++)
            {
                failed += (ulong)random.Next(3);
                ok += (ulong)random.Next(6);
                kept.Take(failed, ok, one, _start.AddMinutes(step));
                moved.Take(failed, ok, other, _start.AddMinutes(step));
                using var stream = new MemoryStream();
                using var writer = new BinaryWriter(stream);
                moved.Write(writer);
                stream.Position = 0;
                using var reader = new BinaryReader(stream);
                moved = RatioShift.Read(reader);
            }

            return (kept.State, kept.Since, kept.Share, kept.Surprise) == (moved.State, moved.Since, moved.Share, moved.Surprise);
        }).QuickCheckThrowOnFailure();

    private static RatioShift Warm(ModelBaseline usual, out ulong ok)
    {
        var ratio = new RatioShift();
        for (ok = 0; ok < 200; ok += 2)
        {
            ratio.Take(0, ok, usual, _start);
        }

        ok -= 2;
        return ratio;
    }

    /// <summary>Lives through working days of 30 to 100 captures, seen every 15 minutes; gives the gravest state of each day.</summary>
    private static List<ConditionState> Live(Wear device, int days, Func<int, double> worse)
    {
        const int Samples = 28;
        var (ratio, failed, ok) = (new RatioShift(), 0UL, 0UL);
        ratio.Take(0, 0, device.Usual, _start);
        var worst = new List<ConditionState>(days);
        for (var day = 0; day < days; day++)
        {
            var captures = device.Random.Next(30, 101);
            var state = ConditionState.Healthy;
            for (var sample = 0; sample < Samples; sample++)
            {
                for (var capture = sample * captures / Samples; capture < (sample + 1) * captures / Samples; capture++)
                {
                    if (device.Random.NextDouble() < device.Rate + worse(day))
                    {
                        failed++;
                    }
                    else
                    {
                        ok++;
                    }
                }

                ratio.Take(failed, ok, device.Usual, _start.AddDays(day));
                state = ratio.State > state ? ratio.State : state;
            }

            worst.Add(state);
        }

        return worst;
    }

    private sealed record Wear(Random Random, ModelBaseline Usual, double Rate);
}
