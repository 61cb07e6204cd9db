using Ktp.Health.V1;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Tests.Plan;

public sealed class FleetPlanTests
{
    [Fact]
    public void Plan_OfOneSeed_IsAlwaysTheSameAndOfAnotherDiffers()
    {
        Assert.Equal(SmallScenario.Plan(3).Deaths, SmallScenario.Plan(3).Deaths);
        Assert.NotEqual(SmallScenario.Plan(3).Deaths, SmallScenario.Plan(4).Deaths);
    }

    [Fact]
    public void Wear_FromItsFirstSign_RampsUpToThePeakAndEndsInDeath()
    {
        var plan = SmallScenario.Plan();
        var fate = plan.FateOf("53.71.04-1", DeviceKind.Fingerprint);
        var (wear, dies) = (fate.WearFrom!.Value, fate.DiesAt!.Value);

        var ratios = Enumerable.Range(0, 101).Select(percent => fate.FailureRatio(wear + ((dies - wear) * percent / 100.001))).ToList();

        Assert.Equal(DeviceFate.Usual, ratios[0]);
        Assert.Equal(ratios.Order(), ratios);
        Assert.InRange(ratios[^1], 0.39, 0.6);
        Assert.Equal(1, fate.FailureRatio(dies));
        Assert.False(fate.IsSick(wear.AddMinutes(-1)));
        Assert.True(fate.IsSick(wear));
        Assert.False(fate.IsDead(dies.AddMinutes(-1)));
        Assert.Equal(DeviceFate.Well, plan.FateOf("53.71.04-1", DeviceKind.Iris));
    }

    [Fact]
    public void Kits_AsTheyDie_AreCountedDown()
    {
        var plan = SmallScenario.Plan();
        var (fire, last) = (plan.Deaths[0].DiesAt, plan.Deaths[1].DiesAt);

        Assert.Equal(2, plan.WorkingKits("53.71", fire.AddMinutes(-1)));
        Assert.Equal(1, plan.WorkingKits("53.71", fire));
        Assert.Equal(0, plan.WorkingKits("53.71", last));
        Assert.True(plan.IsSilent("53.71.05-1", fire));
        Assert.False(plan.IsSilent("53.71.04-1", last));
    }

    [Fact]
    public void Outage_OfACity_CutsItsStationsAndNoOthers()
    {
        var plan = SmallScenario.Plan();
        var within = new DateTimeOffset(2017, 2, 14, 0, 30, 0, TimeSpan.Zero);

        Assert.True(plan.IsUplinkOut("53.71.04-1", within));
        Assert.False(plan.IsUplinkOut("53.72.01-1", within));
        Assert.False(plan.IsUplinkOut("53.71.04-1", within.AddMinutes(-1)));
        Assert.False(plan.IsUplinkOut("53.71.04-1", within.AddHours(1)));
    }

    [Fact]
    public void Worn_DeviceOfAClosedDay_IsRefused()
    {
        var file = ScenarioReader.Parse(SmallScenario.Json.Replace("2017-03-30", "2017-03-26", StringComparison.Ordinal), "small");

        Assert.Contains("closed", Assert.Throws<ScenarioException>(() => new FleetPlan(file, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Visits_OfADay_AddUpToWhatTheStationTakes()
    {
        var plan = SmallScenario.Plan();
        var visits = new Visits(plan, plan.File.Stations[0], "53.71.04-1");

        foreach (var day in plan.Beats.GroupBy(plan.Calendar.DayOf).SkipLast(2))
        {
            Assert.InRange(day.Sum(beat => visits.At(beat).Counted + visits.At(beat).Sealed), 30, 60);
        }

        Assert.InRange(plan.Beats.Sum(beat => visits.At(beat).Sealed), 100, 300);
    }

    [Fact]
    public void Visits_OnceTheKitIsDead_SealNothing()
    {
        var plan = SmallScenario.Plan();
        var visits = new Visits(plan, plan.File.Stations[0], "53.71.04-1");
        var after = plan.Beats.Where(beat => beat >= plan.Deaths[1].DiesAt).Select(visits.At).ToList();

        Assert.NotEmpty(after);
        Assert.All(after, visit => Assert.Equal(0, visit.Sealed));
        Assert.InRange(after.Sum(visit => visit.Counted), 1, 4);
    }

    [Fact]
    public void Citizens_InAnyNumber_HaveValidNumbersOfTheirOwn()
    {
        var citizens = Enumerable.Range(0, 50_000).Select(n => InventedCitizens.Number("53.71.04", n)).ToList();

        Assert.Equal(citizens.Count, citizens.Select(citizen => citizen.Nik).Distinct().Count());
        Assert.All(citizens, citizen => Assert.True(IsWellFormed(citizen.Nik.Value)));
    }

    [Fact]
    public void Citizens_OfTwoDesksOfADistrict_AreDifferentPeople()
    {
        var first = Enumerable.Range(0, 20_000).Select(n => InventedCitizens.AtDesk("53.71.04", "53.71.04-1", n).Nik);
        var last = Enumerable.Range(0, 20_000).Select(n => InventedCitizens.AtDesk("53.71.04", "53.71.04-99", n)).ToList();

        Assert.Empty(first.Intersect(last.Select(citizen => citizen.Nik)));
        Assert.All(last, citizen => Assert.True(IsWellFormed(citizen.Nik.Value)));
    }

    private static bool IsWellFormed(string nik)
    {
        var day = int.Parse(nik[6..8]);
        return nik.Length == 16 && nik.StartsWith("537104", StringComparison.Ordinal) && int.Parse(nik[12..]) >= 1
            && DateOnly.TryParseExact($"19{nik[10..12]}-{nik[8..10]}-{(day > 40 ? day - 40 : day):D2}", "yyyy-MM-dd", out _);
    }
}
