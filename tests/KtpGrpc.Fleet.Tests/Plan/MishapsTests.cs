using Ktp.Health.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Tests.Plan;

public sealed class MishapsTests
{
    [Fact]
    public void Storms_OfAnySeed_ComeWithTheRains()
    {
        var plans = Enumerable.Range(0, 20).Select(SmallProvince.Plan).ToList();

        Assert.All(plans.SelectMany(plan => plan.Storms), storm => Assert.InRange(plans[0].File.UtcOffset.Local(storm.From).Month, 1, 2));
        Assert.All(plans.SelectMany(plan => plan.Storms), storm => Assert.InRange((storm.To - storm.From).TotalHours, 4, 36));

        // All twenty of a year fall into the two months that are played: sixty for three regencies.
        Assert.InRange(plans.Average(plan => plan.Storms.Count), 50, 70);
    }

    [Fact]
    public void Lightning_StrikesWhereAStormIs()
    {
        var plan = SmallProvince.Plan();
        var struck = plan.Mishaps.Where(mishap => mishap.Cause == FaultCause.Lightning).ToList();

        Assert.NotEmpty(struck);
        Assert.All(struck, mishap => Assert.Contains(plan.Storms, storm => storm.Covers(mishap.StationId, mishap.At)));
        Assert.Contains(struck, mishap => mishap.Kind == DeviceKind.Station);
        Assert.Contains(struck, mishap => mishap.Kind != DeviceKind.Station);
    }

    [Fact]
    public void Mishap_OfAPlace_EndsTheLifeThatIsThereThen()
    {
        var plan = SmallProvince.Plan();

        foreach (var mishap in plan.Mishaps)
        {
            var fate = plan.NewLives().Renew(mishap.StationId, mishap.Kind, mishap.At.AddMinutes(-1)).Fate;

            Assert.Equal((mishap.At, mishap.Cause), (fate.DiesAt, fate.Cause));
            Assert.Null(fate.WearFrom);
        }
    }

    [Fact]
    public void Lines_InAStormThatIsOut_AreOutForItsWholeRegency()
    {
        var plan = SmallProvince.Plan();
        var storm = plan.Storms.First(storm => storm.IsOut);

        Assert.All(plan.StationIds.Where(id => id.StartsWith(storm.Region, StringComparison.Ordinal)), id => Assert.True(plan.IsUplinkOut(id, storm.From.AddMinutes(30))));
    }

    [Fact]
    public void Lines_InAStormThatIsNotOut_ComeAndGo()
    {
        var plan = SmallProvince.Plan();
        var storm = plan.Storms.Where(storm => !storm.IsOut).MaxBy(storm => storm.To - storm.From)!;
        var station = plan.StationIds.First(id => id.StartsWith(storm.Region, StringComparison.Ordinal));
        var beats = Enumerable.Range(0, (int)(storm.To - storm.From).TotalHours).Select(hour => plan.IsUplinkOut(station, storm.From.AddHours(hour))).ToList();

        Assert.Contains(true, beats);
        Assert.Contains(false, beats);
    }

    [Fact]
    public void Ribbons_OfTheBadLot_AreInPrintersOfTheModelWhileItLasts()
    {
        var plan = SmallProvince.Plan();
        var lasts = new DateTimeOffset(2019, 3, 4, 9, 0, 0, TimeSpan.FromHours(8));
        var got = plan.StationIds.Where(id => plan.Ribbons.IsIn(id, lasts)).ToList();

        Assert.NotEmpty(got);
        Assert.All(got, id => Assert.EndsWith(".01-1", id, StringComparison.Ordinal));
        Assert.All(got, id => Assert.False(plan.Ribbons.IsIn(id, lasts.AddDays(-1)) || plan.Ribbons.IsIn(id, lasts.AddDays(12))));
    }
}
