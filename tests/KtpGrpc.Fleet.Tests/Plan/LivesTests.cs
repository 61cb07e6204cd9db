using FsCheck.Fluent;
using Ktp.Health.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;
using KtpGrpc.Testing;

namespace KtpGrpc.Fleet.Tests.Plan;

public sealed class LivesTests
{
    [Fact]
    public void Lives_OfOneSeed_AreAlwaysTheSameAndOfAnotherDiffer()
    {
        Assert.Equal(SmallProvince.Plan(3).Lives.All, SmallProvince.Plan(3).Lives.All);
        Assert.NotEqual(SmallProvince.Plan(3).Lives.All, SmallProvince.Plan(4).Lives.All);
    }

    [Fact]
    public void Lives_WhoeverRenewsThem_FollowOneAnotherWithoutAGap()
    {
        var renewal = from seed in Gen.Choose(0, 200)
                      from days in Gen.Choose(0, 180).ListOf()
                      select (seed, Days: days.Order().ToList());
        Property.Holds(renewal, drawn =>
        {
            var plan = SmallProvince.Plan(drawn.seed);
            drawn.Days.ForEach(day => plan.Lives.Renew("53.01.01-1", DeviceKind.Iris, plan.Start.AddDays(day)));

            var lives = plan.Lives.Of("53.01.01-1").Where(life => life.Kind == DeviceKind.Iris).ToList();
            Assert.Equal(drawn.Days.Count + 1, lives.Count);
            Assert.All(lives.Zip(lives.Skip(1)), pair => Assert.Equal((pair.First.RenewedAt, pair.First.Number + 1), (pair.Second.From, pair.Second.Number)));
            Assert.Null(lives[^1].RenewedAt);
            Assert.All(lives, life => Assert.True(life.Fate.DiesAt is not { } dies || (life.Fate.WearFrom ?? life.From) <= dies));
            Assert.All(lives, life => Assert.True(!(life.Fate.WearFrom < life.From)));
        }, runs: 50);
    }

    [Fact]
    public void Life_ThatBeginsLater_WearsAsItWouldHaveWornEarlier()
    {
        var (early, late) = (SmallProvince.Plan().NewLives(), SmallProvince.Plan().NewLives());
        var start = SmallProvince.Plan().Start;

        var first = early.Renew("53.01.02-1", DeviceKind.Camera, start.AddDays(10)).Fate;
        var second = late.Renew("53.01.02-1", DeviceKind.Camera, start.AddDays(50)).Fate;

        Assert.Equal((first.UsualRatio, first.PeakRatio), (second.UsualRatio, second.PeakRatio));
    }

    [Fact]
    public void Desk_WithADeadDevice_IsDownUntilThatIsRenewed()
    {
        var plan = SmallProvince.Plan();
        var life = plan.Lives.All.First(life => ScenarioRules.Capture.Contains(life.Kind) && life.Fate.DiesAt is not null);
        var died = life.Fate.DiesAt!.Value;

        Assert.False(plan.CanRecord(life.StationId, died));

        var renewed = plan.Lives.Renew(life.StationId, life.Kind, died.AddDays(9), "new");
        Assert.False(plan.CanRecord(life.StationId, died.AddDays(8)));
        Assert.Equal(("new", 1), (renewed.Serial, renewed.Number));
        Assert.False(renewed.IsDead(died.AddDays(9)));
        Assert.Equal(life.Serial, plan.Lives.Find(life.StationId, life.Kind, died)!.Serial);
    }

    [Fact]
    public void Saved_IsWhatWasRenewedWhileItWasWorn()
    {
        var plan = SmallProvince.Plan();
        var worn = plan.Lives.All.First(life => life.Fate.IsForeseeable && life.Fate.WearFrom > plan.Start.AddDays(3));
        var (signs, dies) = (worn.Fate.WearFrom!.Value, worn.Fate.DiesAt!.Value);

        Assert.False((worn with { RenewedAt = signs.AddDays(-1) }).IsSaved);
        Assert.True((worn with { RenewedAt = signs.AddDays(1) }).IsSaved);
        Assert.Null((worn with { RenewedAt = signs.AddDays(1) }).DiedAt);
        Assert.False((worn with { RenewedAt = dies.AddDays(1) }).IsSaved);
        Assert.Equal(dies, (worn with { RenewedAt = dies.AddDays(1) }).DiedAt);
        Assert.False(worn.IsSaved);
    }
}
