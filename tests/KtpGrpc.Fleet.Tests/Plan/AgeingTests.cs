using FsCheck.Fluent;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;
using KtpGrpc.Testing;

namespace KtpGrpc.Fleet.Tests.Plan;

public sealed class AgeingTests
{
    private static readonly ScenarioAgeing _wont = SmallProvince.File().Province!.Ageing;

    [Fact]
    public void DaysLeft_OfAnOlderDevice_AreFewerForTheSameDraw()
    {
        var ages = from age in Gen.Choose(0, 1000)
                   from more in Gen.Choose(1, 1000)
                   from draw in Gen.Choose(0, 999)
                   select (Young: age / 100.0, Old: (age + more) / 100.0, Draw: draw / 1000.0);
        Property.Holds(ages, drawn =>
        {
            var (young, old) = (Ageing.DaysLeft(_wont, drawn.Young, drawn.Draw), Ageing.DaysLeft(_wont, drawn.Old, drawn.Draw));

            Assert.InRange(old, -1e-6, young + 1e-6);
        });
    }

    [Fact]
    public void NewDevices_ByTheScaleOfYears_Are63Of100Dead()
    {
        var dead = Enumerable.Range(0, 10_000).Count(draw => Ageing.DaysLeft(_wont, 0, draw / 10_000.0) <= _wont.ScaleYears * 365.25);

        Assert.InRange(dead, 6300, 6340);
    }

    [Fact]
    public void Wear_WhereverItEnds_EndsAtWork()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var plan = SmallProvince.Plan(seed);
            var file = plan.File;

            Assert.All(plan.Lives.All.Where(life => life.Fate is { Cause: FaultCause.Wear, DiesAt: not null }), life =>
            {
                var dies = life.Fate.DiesAt!.Value;
                Assert.True(plan.Calendar.IsWorkingDay(plan.Calendar.DayOf(dies)));
                Assert.InRange(TimeOnly.FromDateTime(file.UtcOffset.Local(dies)), file.Office.Opens, file.Office.Closes);
            });
        }
    }
}
