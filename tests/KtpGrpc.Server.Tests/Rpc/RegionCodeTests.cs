using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Rpc;
using Xunit;

namespace KtpGrpc.Server.Tests.Rpc;

public sealed class RegionCodeTests
{
    private static readonly Gen<RegionCode> _codes =
        from depth in Gen.Choose(0, 4)
        from digits in Gen.Choose(0, 9999).ArrayOf(4)
        select RegionCode.Trusted(string.Join('.', digits.Take(depth).Select((digit, i) => i == 3 ? $"{digit:0000}" : $"{digit % 3:00}")));

    [Theory]
    [InlineData("", 0)]
    [InlineData("53", 1)]
    [InlineData("53.71", 2)]
    [InlineData("53.71.04", 3)]
    [InlineData("53.71.04.1001", 4)]
    public void Code_OfEachLevel_IsRead(string text, int depth)
    {
        Assert.True(RegionCode.TryParse(text, out var code));

        Assert.Equal((text, depth), (code.Value, code.Depth));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("533")]
    [InlineData("53.")]
    [InlineData("53.7")]
    [InlineData("5371")]
    [InlineData("53-71")]
    [InlineData("53.71.4")]
    [InlineData("53.71.04.101")]
    [InlineData("53.71.04.10011")]
    [InlineData("53.7a")]
    [InlineData(" 53.7")]
    [InlineData("٥٣")]
    [InlineData("53.71.04-1")]
    public void Text_ThatIsNoCode_IsNotRead(string? text) => Assert.False(RegionCode.TryParse(text, out _));

    [Fact]
    public void Code_AndItsParents_ContainEachOtherFromAboveOnly() => Property.Holds(_codes, code =>
    {
        Assert.True(code.Contains(code));
        for (var above = code; above.Depth > 0;)
        {
            above = above.Parent;
            Assert.True(above.Contains(code));
            Assert.False(code.Contains(above));
        }
    });

    [Fact]
    public void Range_OfACode_HoldsWhatItContainsAndNothingElse() => Property.Holds(_codes.Two(), two =>
    {
        var ((region, other), (from, to)) = (two, two.Item1.Range);

        var inRange = string.CompareOrdinal(other.Value, from) >= 0 && string.CompareOrdinal(other.Value, to) < 0;

        Assert.Equal(region.Contains(other), inRange);
    }, runs: 2000);
}
