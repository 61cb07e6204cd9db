using System.Diagnostics;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Testing;
using Xunit;
using Xunit.Abstractions;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class GaugeWatchTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset _start = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Step_OfANoisyGauge_IsSurprising_AndToldOnce()
    {
        var (watch, random) = (new GaugeWatch(), new Random(1));
        var before = Enumerable.Range(0, 2000).Select(i => watch.Take(60 + random.NextDouble(), At(i))).ToList()[500..].Max();

        var after = Enumerable.Range(2000, 100).Select(i => watch.Take(80 + random.NextDouble(), At(i))).ToList();

        Assert.True(before < 3 * GaugeWatch.SurprisingAt, $"{before}");
        Assert.True(after[0] > 5 * GaugeWatch.SurprisingAt, $"{after[0]}");
        Assert.InRange(after.Count(score => score >= GaugeWatch.SurprisingAt), 1, 3);
    }

    [Fact]
    public void HeatOfNoon_IsUsualAtNoon_AndSurprisingAtMidnight()
    {
        double Heat(int i) => At(i).Hour is >= 10 and < 15 ? 45 : 30;
        var watch = new GaugeWatch();
        var random = new Random(2);
        var usual = Enumerable.Range(0, 14 * 288).Select(i => watch.Take(Heat(i) + random.NextDouble(), At(i))).ToList()[(7 * 288)..].Max();

        var midnight = watch.Take(45, At(14 * 288));

        Assert.True(midnight > GaugeWatch.SurprisingAt && midnight > 4 * usual, $"{usual} at noon, {midnight} at midnight");
    }

    [Fact]
    public void GaugeOfSpikes_IsLessAndLessSurprisedByOneMore()
    {
        var (watch, random) = (new GaugeWatch(), new Random(3));

        var spikes = Enumerable.Range(0, 3000).Select(i => random.Next(50) == 0 && i > 100
            ? (true, watch.Take(90, At(i)))
            : (false, watch.Take(10 + random.NextDouble(), At(i)))).Where(sample => sample.Item1).Select(sample => sample.Item2).ToList();

        Assert.True(spikes[0] > 4 * GaugeWatch.SurprisingAt);
        Assert.True(spikes[1..].Max() < spikes[0] / 2);
    }

    [Fact]
    public void ConstantGauge_ThatIsRoundedAnotherWay_IsNoSurprise()
    {
        var watch = new GaugeWatch();

        var most = Enumerable.Range(0, 1000).Max(i => watch.Take(i % 97 == 0 ? 0.50001 : 0.5, At(i)));

        Assert.True(most < GaugeWatch.SurprisingAt, $"{most}");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.MaxValue)]
    public void WhatIsNoNumber_SaysAndTeachesNothing(double value)
    {
        var (one, other) = (Taught(), Taught());

        var score = one.Take(value, At(500));

        Assert.Equal(0, score);
        Assert.Equal(other.Take(70, At(501)), one.Take(70, At(501)));
    }

    [Fact]
    public void ClockThatJumps_IsHarmless()
    {
        var watch = Taught();

        Assert.InRange(watch.Take(50.5, DateTimeOffset.UnixEpoch.AddYears(-70)), 0, GaugeWatch.SurprisingAt);
        Assert.InRange(watch.Take(50.5, DateTimeOffset.MaxValue), 0, GaugeWatch.SurprisingAt);
    }

    [Fact]
    public void AnyValues_GiveAScoreWithinBounds_AlsoRestored()
    {
        Property.Holds(ArbMap.Default.GeneratorFor<double[]>().Resize(300), values =>
        {
            var watch = Taught();
            for (var i = 0; i < values.Length; i++)
            {
                Assert.InRange(watch.Take(values[i], At(500 + i)), 0, GaugeWatch.ScoreAtMost);
            }

            var restored = Restored(watch);
            Assert.Equal(watch.Take(1, At(900)), restored.Take(1, At(900)));
        });
    }

    [Fact]
    public void Sample_CostsNoMemory_AndAGaugeNoMoreThan256Bytes()
    {
        var watch = Taught();
        Take(ref watch, 10_000);
        var clock = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Take(ref watch, 1_000_000);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        output.WriteLine($"{clock.Elapsed.TotalNanoseconds / 1_000_000:0} ns a sample, {Unsafe.SizeOf<GaugeWatch>()} bytes a gauge");
        Assert.Equal(0, taken);
        Assert.InRange(Unsafe.SizeOf<GaugeWatch>(), 1, 256);
    }

    private static void Take(ref GaugeWatch watch, int samples)
    {
        for (var i = 0; i < samples; i++)
        {
            watch.Take(50 + i % 7, _start.AddTicks(i * TimeSpan.TicksPerMinute));
        }
    }

    private static GaugeWatch Taught()
    {
        var (watch, random) = (new GaugeWatch(), new Random(4));
        for (var i = 0; i < 500; i++)
        {
            watch.Take(50 + random.NextDouble(), At(i));
        }

        return watch;
    }

    private static GaugeWatch Restored(GaugeWatch watch)
    {
        using var stream = new MemoryStream();
        watch.Write(new BinaryWriter(stream));
        stream.Position = 0;
        return GaugeWatch.Read(new BinaryReader(stream));
    }

    private static DateTimeOffset At(int sample) => _start.AddMinutes(5 * sample);
}
