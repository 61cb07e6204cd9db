using Ktp.Cards.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Tests.Destruction;
using Xunit;

namespace KtpGrpc.Server.Tests.Stations;

public sealed class OfficeTimeTests
{
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

    /// <summary>The last evening of the year in UTC is New Year's morning in Kupang: no number is of the year that is over.</summary>
    [Fact]
    public async Task Numbers_OnNewYearsMorningOfTheOffice_AreOfTheNewYear()
    {
        await using var furnace = await Furnace.LightAsync(at: new DateTimeOffset(2018, 12, 31, 15, 30, 0, TimeSpan.Zero));
        Assert.Equal("53.71/2018/000001", await IssueAsync(furnace, "5371044112900001"));
        await furnace.AdvanceAsync(new DateTimeOffset(2018, 12, 31, 23, 30, 0, TimeSpan.Zero));

        Assert.Equal("53.71/2019/000001", await IssueAsync(furnace, "5371044112900002"));
        Assert.Equal("53.71/2019/0001", (await furnace.BurnAsync(1)).Number);

        await furnace.CheckBooksAsync();
    }

    private static async Task<string> IssueAsync(Furnace furnace, string nik) => (await furnace.Cards.IssueSuketAsync(
        new IssueSuketRequest { RequestId = Furnace.New(), Nik = nik, Name = "Maria", OfficeCode = Furnace.Office, Cause = SuketCause.NoPrinter })).Suket.Number;
}
