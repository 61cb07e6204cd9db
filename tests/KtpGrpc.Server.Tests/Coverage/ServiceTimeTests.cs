using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Coverage;

public sealed class ServiceTimeTests
{
    /// <summary>A minute to ten years, by orders of magnitude.</summary>
    private static readonly Gen<TimeSpan> _waits = Gen.Choose(0, 15_000).Select(exponent => TimeSpan.FromMinutes(Math.Exp(exponent / 1000.0)));

    [Fact]
    public void Bucket_OfAnyWait_IsToldWithinFivePercent() => Property.Holds(_waits, wait =>
        Assert.InRange(WaitBuckets.Middle(WaitBuckets.Of(wait)) / wait, 0.95, 1.05));

    [Fact]
    public void Bucket_OfALongerWait_IsNoLower() => Property.Holds(_waits.Zip(_waits), two =>
        Assert.True(two.Item1 > two.Item2 || WaitBuckets.Of(two.Item1) <= WaitBuckets.Of(two.Item2)));

    [Fact]
    public void Bucket_OfAClockThatWentBack_IsTheFirst() => Assert.Equal((0, 0), (WaitBuckets.Of(TimeSpan.FromHours(-3)), WaitBuckets.Of(TimeSpan.Zero)));

    [Fact]
    public void Quantile_OfAnyWaits_IsWithinFivePercentOfTheTrueOne() => Property.Holds(_waits.NonEmptyListOf().Zip(Gen.Elements(0.5, 0.9, 1)), drawn =>
    {
        var sorted = drawn.Item1.Order().ToList();
        var truly = sorted[(int)Math.Ceiling(drawn.Item2 * sorted.Count) - 1];

        Assert.InRange(WaitBuckets.Quantile(Buckets(sorted), drawn.Item2)!.Value / truly, 0.95, 1.05);
    });

    [Fact]
    public void Quantile_OfNobody_IsNone() => Assert.Null(WaitBuckets.Quantile([], 0.5));

    [Fact]
    public void Stations_Together_AreAsIfTheyWereOne() => Property.Holds(Gen.ListOf(_waits, 20), waits =>
    {
        var sum = Service.Sum([new Service(new Captures(6, 3), Buckets(waits[..7]), [], Buckets(waits[7..])), new Service(new Captures(10, 5), Buckets(waits[7..]), [], Buckets(waits[..7]))]);

        Assert.Equal(Buckets(waits), sum.Printed);
        Assert.Equal(Buckets(waits), sum.Captured);
        Assert.Equal((2.0, 0), (sum.Captures.PerHour, Service.Sum([]).Captures.PerHour));
    });

    private static List<(int Bucket, long Count)> Buckets(IEnumerable<TimeSpan> waits) =>
        [.. waits.CountBy(WaitBuckets.Of).OrderBy(bucket => bucket.Key).Select(bucket => (bucket.Key, (long)bucket.Value))];
}
