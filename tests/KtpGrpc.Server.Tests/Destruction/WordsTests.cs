using KtpGrpc.Server.Destruction;
using KtpGrpc.Server.Rpc;
using Xunit;

namespace KtpGrpc.Server.Tests.Destruction;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "nol")]
    [InlineData(11, "sebelas")]
    [InlineData(14, "empat belas")]
    [InlineData(21, "dua puluh satu")]
    [InlineData(100, "seratus")]
    [InlineData(110, "seratus sepuluh")]
    [InlineData(1_000, "seribu")]
    [InlineData(2_018, "dua ribu delapan belas")]
    [InlineData(9_992, "sembilan ribu sembilan ratus sembilan puluh dua")]
    [InlineData(13_659, "tiga belas ribu enam ratus lima puluh sembilan")]
    [InlineData(101_001, "seratus satu ribu satu")]
    [InlineData(1_200_000, "satu juta dua ratus ribu")]
    public void Number_InWords_IsAsOfficesWriteIt(long number, string words) => Assert.Equal(words, IndonesianWords.Of(number));

    [Theory]
    [InlineData("12.71", "2019-01-01T00:30", "WIB")]
    [InlineData("53.71", "2019-01-01T01:30", "WITA")]
    [InlineData("91.71", "2019-01-01T02:30", "WIT")]
    public void Clock_OfAnOffice_IsThatOfItsProvince(string office, string local, string zone)
    {
        var code = RegionCode.Trusted(office);

        Assert.Equal(local, OfficeTime.At(code, new DateTimeOffset(2018, 12, 31, 17, 30, 0, TimeSpan.Zero)).ToString("yyyy-MM-dd'T'HH:mm"));
        Assert.Equal(zone, OfficeTime.Zone(code));
        Assert.Equal(new DateTimeOffset(2018, 12, 31, 16, 0, 0, TimeSpan.Zero), OfficeTime.Month(RegionCode.Trusted("53.71"), 2018, 12).To.ToUniversalTime());
    }

    [Fact]
    public void Day_InWords_IsTheRightOne()
    {
        var day = new DateTimeOffset(2018, 12, 21, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(("Jumat", "Desember"), (IndonesianWords.Day(day), IndonesianWords.Month(day)));
    }
}
