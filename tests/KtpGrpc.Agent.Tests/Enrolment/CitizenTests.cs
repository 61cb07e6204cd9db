using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Agent.Enrolment;

namespace KtpGrpc.Agent.Tests.Enrolment;

public sealed class CitizenTests
{
    [Theory]
    [InlineData("5371041508900001", true)]
    [InlineData("5371045508900001", true)]
    [InlineData("5371047112900001", true)]
    [InlineData("5371040008900001", false)]
    [InlineData("5371043208900001", false)]
    [InlineData("5371047208900001", false)]
    [InlineData("5371041500900001", false)]
    [InlineData("5371041513900001", false)]
    [InlineData("5371041508900000", false)]
    [InlineData("537104150890000", false)]
    [InlineData("537104150890000x", false)]
    public void Nik_IsTakenAsTheServerTakesIt(string text, bool valid) => Assert.Equal(valid, Nik.TryParse(text, out _));

    [Fact]
    public void Nik_OfAnyBirthday_IsTaken() =>
        Property.Holds(Gen.Choose(0, 40_000).Zip(Gen.Choose(1, 9999)), person =>
        {
            var born = new DateOnly(1920, 1, 1).AddDays(person.Item1);
            var woman = person.Item1 % 2 == 0;

            Assert.True(Nik.TryParse($"537104{born.Day + (woman ? 40 : 0):D2}{born.Month:D2}{born.Year % 100:D2}{person.Item2:D4}", out _));
        });

    [Theory]
    [InlineData("53.71.05.1002", true)]
    [InlineData("53.71.05.100", false)]
    [InlineData("53.71.05", false)]
    [InlineData("53.71.05.10022", false)]
    [InlineData("53-71-05-1002", false)]
    [InlineData("53.71.05.1002\n", false)]
    [InlineData("", false)]
    public void Village_IsTakenAsTheServerTakesIt(string text, bool valid) => Assert.Equal(valid, VillageCode.TryParse(text, out _));

    [Fact]
    public void Village_IsNearStationsOfItsRegencyAlone()
    {
        var village = VillageCode.Parse("53.71.05.1002");

        Assert.True(village.IsNear(StationId.Parse("53.71.04-1")));
        Assert.False(village.IsNear(StationId.Parse("53.72.04-1")));
        Assert.False(village.IsNear(StationId.Parse("53.7")));
    }

    [Fact]
    public void Name_ThatTheServerWouldRefuse_IsRefusedBeforeTheCitizenIsRecorded()
    {
        var nik = Nik.Parse("5371041508900001");

        Assert.Throws<ArgumentException>(() => new Citizen(nik, " "));
        Assert.Throws<ArgumentException>(() => new Citizen(nik, new string('x', 201)));
        Assert.Equal(200, new Citizen(nik, new string('x', 200)).Name.Length);
    }
}
