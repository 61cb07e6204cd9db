using FsCheck.Fluent;
using Grpc.Core;
using KtpGrpc.Server.Citizens;
using Xunit;

namespace KtpGrpc.Server.Tests.Citizens;

public sealed class NikTests
{
    [Theory]
    [InlineData("5371040101900001")]
    [InlineData("5371043112999999")]
    [InlineData("5371044101900001")]
    [InlineData("5371047112000001")]
    [InlineData("1101012902040001")]
    public void Nik_ThatCanBe_IsTaken(string nik) => Assert.Equal(nik, Nik.Require(nik).Digits);

    [Theory]
    [InlineData("")]
    [InlineData("537104010190001")]
    [InlineData("53710401019000011")]
    [InlineData("537104010190000a")]
    [InlineData("５371040101900001")]
    [InlineData("5371040001900001")]
    [InlineData("5371043201900001")]
    [InlineData("5371044001900001")]
    [InlineData("5371047201900001")]
    [InlineData("5371040100900001")]
    [InlineData("5371040113900001")]
    [InlineData("5371040101900000")]
    [InlineData("0000000000000000")]
    public void Nik_ThatCannotBe_IsRefusedWithoutBeingShown(string nik)
    {
        var refused = Assert.Throws<RpcException>(() => Nik.Require(nik));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.All(Parts(nik), part => Assert.DoesNotContain(part, refused.ToString()));
    }

    [Fact]
    public void Nik_OfAnyText_IsNeverShown() => Property.Holds(
        Gen.Choose(0, 9).ArrayOf().Select(digits => string.Concat(digits)),
        text =>
        {
            if (Record.Exception(() => Nik.Require(text)) is { } refused)
            {
                Assert.All(Parts(text), part => Assert.DoesNotContain(part, refused.Message));
            }
        });

    [Fact]
    public void Nik_Printed_ShowsNothing() => Assert.DoesNotContain("5371", $"{Nik.Require("5371040101900001")}");

    /// <summary>Any four digits in a row would tell something; the message's own numbers are shorter.</summary>
    private static IEnumerable<string> Parts(string text) => Enumerable.Range(0, Math.Max(0, text.Length - 3)).Select(start => text.Substring(start, 4)).Where(part => part != "0001");
}
