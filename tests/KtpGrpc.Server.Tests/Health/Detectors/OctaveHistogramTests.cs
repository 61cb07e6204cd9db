using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class OctaveHistogramTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.9, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(1e30, OctaveHistogram.Bins - 1)]
    [InlineData(double.PositiveInfinity, OctaveHistogram.Bins - 1)]
    [InlineData(double.NaN, 0)]
    [InlineData(-5, 0)]
    public void Value_OfAnySize_HasItsBin(double value, int bin) => Assert.Equal(bin, new OctaveHistogram(1, null).Bin(value));

    [Fact]
    public void Chance_OfMore_FallsWithTheBinAndOfFewerRises() => Property.Holds(Gen.ArrayOf(Gen.Choose(0, OctaveHistogram.Bins - 1)), learned =>
    {
        var histogram = new OctaveHistogram(1, new OctaveHistogram(1, null));
        foreach (var bin in learned)
        {
            histogram.Learn(bin, 1);
        }

        for (var bin = 1; bin < OctaveHistogram.Bins; bin++)
        {
            var (more, fewer) = (histogram.Chance(bin, true, 2), histogram.Chance(bin, false, 2));
            Assert.InRange(more, 1e-9, histogram.Chance(bin - 1, true, 2));
            Assert.InRange(fewer, histogram.Chance(bin - 1, false, 2), 1);
        }
    });

    [Fact]
    public void Model_ThatIsNew_StartsFromItsKind()
    {
        var kind = new OctaveHistogram(1, null);
        var (old, young) = (new OctaveHistogram(1, kind), new OctaveHistogram(1, kind));
        for (var i = 0; i < 10_000; i++)
        {
            old.Learn(i % 2, 1);
        }

        Assert.Equal(old.Chance(1, true, 2), young.Chance(1, true, 2), 2);
    }

    [Fact]
    public void Day_OnWhichMuchOfTheModelIsStrange_IsTheModels()
    {
        var histogram = new OctaveHistogram(1, null);
        for (var i = 0; i < 10_000; i++)
        {
            histogram.Learn(0, 1);
        }

        for (var i = 0; i < 50; i++)
        {
            histogram.Learn(8, 2);
        }

        Assert.InRange(histogram.Chance(8, true, 2), 0.5, 1);
        Assert.InRange(histogram.Chance(8, true, 3), 0, 0.01);
    }

    [Fact]
    public void Histogram_TakenAndRestored_SaysTheSame()
    {
        var (histogram, again) = (new OctaveHistogram(1, null), new OctaveHistogram(1, null));
        for (var i = 0; i < 100; i++)
        {
            histogram.Learn(i % OctaveHistogram.Bins, 1);
        }

        again.Restore(histogram.Take().Seen);

        Assert.Equal(histogram.Chance(5, true, 9), again.Chance(5, true, 9), 12);
    }
}
