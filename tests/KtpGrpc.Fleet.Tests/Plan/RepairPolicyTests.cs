using FsCheck.Fluent;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;
using KtpGrpc.Testing;

namespace KtpGrpc.Fleet.Tests.Plan;

public sealed class RepairPolicyTests
{
    [Fact]
    public void Nothing_IsRenewedBeforeItIsDeadAndItsSpareIsThere() => Property.Holds(Gen.Choose(0, 1000), seed =>
    {
        var plan = SmallProvince.Plan(seed);
        var (lives, crew) = RepairPolicy.Repair(plan, (crew, life) => crew.ComplaintDays(life));
        var renewed = lives.All.Where(life => life.RenewedAt is not null).ToList();

        Assert.All(renewed, life =>
        {
            Assert.False(life.IsSaved);
            var days = crew.ComplaintDays(life) + crew.SpareDays(life);
            Assert.True((life.RenewedAt!.Value - life.DiedAt!.Value).TotalDays >= days - 1, $"{life.StationId} {life.Kind}: {life.DiedAt} to {life.RenewedAt}, not {days} days.");
        });
        Assert.InRange(crew.Trips, renewed.Select(life => (life.StationId, life.RenewedAt)).Distinct().Count(), renewed.Count + plan.File.Province!.Repairs.Technicians);
    }, runs: 40);

    [Fact]
    public void Year_WithoutADeath_CostsNothing()
    {
        var file = SmallProvince.File();
        var well = file.Province! with { Mishaps = [], Storms = null, Ageing = file.Province.Ageing with { ScaleYears = 100, Shape = 10 } };

        var outcome = RepairPolicy.OnComplaint(new FleetPlan(file with { Province = well }, 1));

        Assert.Equal(new PolicyOutcome(0, 0, 0, 0, 0, 0), outcome);
    }

    [Fact]
    public void Year_WithMoreTechnicians_LosesNoMoreDays()
    {
        var file = SmallProvince.File();
        PolicyOutcome With(int technicians, int seed) => RepairPolicy.OnComplaint(
            new FleetPlan(file with { Province = file.Province! with { Repairs = file.Province.Repairs with { Technicians = technicians } } }, seed));

        var (one, six) = (Enumerable.Range(0, 10).Sum(seed => With(1, seed).DeskDaysLost), Enumerable.Range(0, 10).Sum(seed => With(6, seed).DeskDaysLost));

        Assert.True(six <= one, $"{six} days were lost with six, {one} with one.");
    }

    [Fact]
    public void Years_OfWhoIsToldAtOnce_LoseNoMoreDaysThanThoseOfWhoWaitsForComplaints()
    {
        // Of one year it need not hold: who repairs sooner meets the next mishap with a new device.
        var plans = Enumerable.Range(0, 30).Select(SmallProvince.Plan).ToList();

        Assert.True(plans.Sum(plan => RepairPolicy.AtDeath(plan).DeskDaysLost) < plans.Sum(plan => RepairPolicy.OnComplaint(plan).DeskDaysLost));
    }

    [Fact]
    public void Outcome_CountsEveryBeatOfADeadDeskAndWhoCameToIt()
    {
        var file = SmallProvince.File();
        var rats = new ScenarioMishap { Cause = FaultCause.Rats, PerDeskYear = 12 };
        var province = file.Province! with { Mishaps = [rats], Storms = null, Ageing = file.Province.Ageing with { ScaleYears = 100, Shape = 10 } };
        var plan = new FleetPlan(file with { Province = province }, 1);
        var outcome = PolicyOutcome.Of(plan, plan.NewLives(), trips: 0);

        // Rats come each month, and nobody ever repairs anything.
        var days = plan.Beats.Select(plan.Calendar.DayOf).Distinct().Count() * plan.StationIds.Count;
        Assert.InRange(outcome.DeskDaysLost, 0.6 * days, days);
        Assert.InRange(outcome.CitizensSentHome, 30 * (outcome.DeskDaysLost - plan.StationIds.Count), 60 * (outcome.DeskDaysLost + plan.StationIds.Count));
        Assert.InRange(outcome.DarkRegencyDays, 1, outcome.LastKitRegencyDays);
    }

    [Fact]
    public void Technicians_AreAtOnePlaceAtATime() => Property.Holds(Gen.Choose(0, 200).ListOf(), days =>
    {
        var plan = SmallProvince.Plan();
        var crew = new Crew(plan);
        var trips = new List<(int Who, DateOnly From, DateOnly There)>();
        foreach (var day in days.Order().Select(plan.File.Start.AddDays))
        {
            if (crew.Free(day) is { } technician)
            {
                trips.Add((technician, day, crew.Send(technician, "53.02.01-1", day)));
            }
        }

        Assert.Equal(trips.Count, crew.Trips);
        Assert.All(trips, trip => Assert.True(trip.There >= trip.From && plan.Calendar.IsWorkingDay(trip.There)));
        Assert.All(trips.GroupBy(trip => trip.Who), own => Assert.All(own.Zip(own.Skip(1)), pair => Assert.True(pair.Second.From > pair.First.There)));
    });
}
