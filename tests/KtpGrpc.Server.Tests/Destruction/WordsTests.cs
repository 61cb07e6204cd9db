using KtpGrpc.Server.Destruction;
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

    [Fact]
    public void Day_InWords_IsTheRightOne()
    {
        var day = new DateTimeOffset(2018, 12, 21, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(("Jumat", "Desember"), (IndonesianWords.Day(day), IndonesianWords.Month(day)));
    }
}
