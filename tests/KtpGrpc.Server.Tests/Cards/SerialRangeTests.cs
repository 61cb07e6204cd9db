using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Cards;
using Xunit;

namespace KtpGrpc.Server.Tests.Cards;

public sealed class SerialRangeTests
{
    private static readonly Gen<List<SerialRange>> _ranges =
        Gen.Choose(1, 60).ListOf(25).Select(serials => SerialRange.Of(serials.Select(serial => (long)serial).Distinct().Order()));

    [Fact]
    public void Serials_ThatFollowEachOther_MakeOneRange() =>
        Assert.Equal([new SerialRange(1, 3), new SerialRange(7, 7), new SerialRange(9, 10)], SerialRange.Of([1, 2, 3, 7, 9, 10]));

    [Fact]
    public void Except_OfAnyRanges_LeavesWhatIsInNoneOfTheOthers() => Property.Holds(
        from ranges in _ranges
        from others in _ranges
        select (ranges, others),
        drawn => Assert.Equal(Each(drawn.ranges).Except(Each(drawn.others)).Order(), Each(SerialRange.Except(drawn.ranges, drawn.others))));

    private static IEnumerable<long> Each(IEnumerable<SerialRange> ranges) =>
        ranges.SelectMany(range => Enumerable.Range((int)range.First, (int)range.Count)).Select(serial => (long)serial);
}
