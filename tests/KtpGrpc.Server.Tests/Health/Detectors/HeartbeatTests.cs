using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class HeartbeatTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.4)]
    public void Period_BehindALossyLink_IsLearned(double arrives)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var (beat, random, gap) = (new Heartbeat(), new Random(seed), 0.0);
            for (var sent = 0; sent < 400; sent++)
            {
                gap += 300;
                if (random.NextDouble() < arrives)
                {
                    beat.Take(gap + random.NextDouble());
                    gap = 0;
                }
            }

            Assert.InRange(beat.Period, 300, 601);
            Assert.InRange(beat.Patience, 7 * 300, 9.2 * 601);
        }
    }

    [Fact]
    public void Patience_OfALinkWithoutGaps_IsSevenPeriods_AndGrowsByAGap()
    {
        var beat = new Heartbeat();
        for (var i = 0; i < 20; i++)
        {
            beat.Take(60);
        }

        var (before, period) = (beat.Patience, beat.Period);
        beat.Take(5 * 60);
        var after = beat.Patience;

        Assert.Equal(60, period);
        Assert.Equal(7.1 * 60, before, 1e-3);
        Assert.Equal(1.75 * 5 * 60, after, 1);
    }

    [Fact]
    public void Absence_IsNoLostBeats()
    {
        var beat = new Heartbeat();
        for (var i = 0; i < 20; i++)
        {
            beat.Take(60);
        }

        beat.Take(17 * 3600);

        Assert.Equal(7.1 * 60, beat.Patience, 1e-3);
    }

    [Fact]
    public void Period_BeforeSomeBeats_IsUnknown()
    {
        var beat = new Heartbeat();
        for (var i = 1; i < Heartbeat.LeastBeats; i++)
        {
            beat.Take(60);
        }

        Assert.True(double.IsNaN(beat.Period));
        Assert.True(double.IsNaN(beat.Patience));
    }

    [Fact]
    public void AnyIntervals_KeepThePatienceWithinNinePeriods_AlsoRestored()
    {
        Property.Holds(ArbMap.Default.GeneratorFor<double[]>(), intervals =>
        {
            var beat = new Heartbeat();
            foreach (var interval in intervals)
            {
                beat.Take(interval);
            }

            using var stream = new MemoryStream();
            beat.Write(new BinaryWriter(stream));
            stream.Position = 0;
            var restored = Heartbeat.Read(new BinaryReader(stream));
            Assert.Equal((beat.Period, beat.Patience), (restored.Period, restored.Patience));
            Assert.True(double.IsNaN(beat.Period) || (beat.Period >= 0 && beat.Patience <= 9.2 * beat.Period));
        });
    }
}
