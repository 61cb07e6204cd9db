using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;
using KtpGrpc.Fleet.Witness;

namespace KtpGrpc.Fleet.Tests.Witness;

public sealed class WarningJudgeTests
{
    private readonly FleetPlan _plan = SmallProvince.Calm();
    private readonly DeviceLife _worn;

    public WarningJudgeTests() => _worn = _plan.Lives.All.First(life => life.Fate is { IsForeseeable: true } fate
        && fate.WearFrom > _plan.Start.AddDays(10) && fate.DiesAt - fate.WearFrom > TimeSpan.FromDays(10) && fate.DiesAt < _plan.End.AddDays(-10));

    private DateTimeOffset Signs => _worn.Fate.WearFrom!.Value;

    private DateTimeOffset Death => _worn.Fate.DiesAt!.Value;

    [Fact]
    public void Warning_OnAWornDevice_IsTrueAndLeadsToItsDeath()
    {
        var told = Judge(Told(Signs.AddDays(2), ConditionState.Degraded), Told(Death.AddHours(1), ConditionState.Failed));

        Assert.Equal((1, 0, 1), (told.Warnings, told.FalseOnes, told.Warned));
        Assert.Equal(Math.Round((Death - Signs.AddDays(2)).TotalDays, 1), told.MedianLeadDays);
        Assert.True(told.Recall < 1, "The other worn devices were not warned of.");
    }

    [Fact]
    public void Warning_OnAWellDevice_IsFalse()
    {
        var told = Judge(Told(Signs.AddDays(-2), ConditionState.Degraded), Told(Signs.AddDays(-1), ConditionState.Healthy));

        Assert.Equal((1, 1, 0.0, 0), (told.Warnings, told.FalseOnes, told.Precision, told.Warned));
    }

    [Fact]
    public void Belief_ThatADeadDeviceHasFailed_IsNoWarning() => Assert.Equal((0, 0), Judge(Told(Death.AddHours(1), ConditionState.Failed)) is var told ? (told.Warnings, told.Warned) : default);

    [Fact]
    public void Condition_ThatGetsALittleBetterOrIsNotHeard_IsOneWarning()
    {
        var told = Judge(
            Told(Signs.AddDays(1), ConditionState.Failing), Told(Signs.AddDays(2), ConditionState.Degraded), Told(Signs.AddDays(3), ConditionState.Unknown),
            Told(Signs.AddDays(4), ConditionState.Failing), Told(Signs.AddDays(5), ConditionState.Healthy), Told(Signs.AddDays(6), ConditionState.Failing));

        Assert.Equal((2, 0), (told.Warnings, told.FalseOnes));
    }

    [Fact]
    public void Condition_BelowTheLevel_IsNoWarningOfThatLevel() =>
        Assert.Equal(0, WarningJudge.Warnings(_plan, [Told(Signs.AddDays(1), ConditionState.Degraded)], ConditionState.Failing).Warnings);

    [Fact]
    public void Life_ThatWasRenewedWhileWorn_CountsAsOneThatWearWouldHaveEnded()
    {
        var before = Judge().Lives;
        var warning = Told(Signs.AddDays(2), ConditionState.Degraded);
        _plan.Lives.Renew(_worn.StationId, _worn.Kind, Signs.AddDays(5));

        var told = Judge(warning, Told(Signs.AddDays(6), ConditionState.Degraded));

        Assert.Equal(1, told.Warned);
        Assert.Equal(1, told.FalseOnes);
        Assert.InRange(told.Lives, before, before + 1);
    }

    [Fact]
    public void Deaths_AreFoundOrNotWithinTwoWorkingDays()
    {
        var nobody = WarningJudge.Deaths(_plan, []);
        var soon = WarningJudge.Deaths(_plan, [Told(Death.AddHours(1), ConditionState.Failed)]);
        var late = WarningJudge.Deaths(_plan, [Told(Death.AddDays(6), ConditionState.Failed)]);

        Assert.Equal(0, nobody.Found);
        Assert.Equal((nobody.Died, 1), (soon.Died, soon.Found));
        Assert.Equal(0, late.Found);
        Assert.InRange(nobody.Died, 1, _plan.Lives.All.Count(life => life.Fate.DiesAt is not null));
    }

    [Fact]
    public void Death_UnderADeskThatIsDeadItself_IsNotOneToBeFound()
    {
        var plan = SmallProvince.Plan();
        var hidden = plan.Lives.All.First(life => ScenarioRules.Capture.Contains(life.Kind) && life.DiedAt is { } died && plan.IsSilent(life.StationId, died)
            && died < plan.End.AddDays(-10));
        var before = WarningJudge.Deaths(plan, []).Died;
        plan.Lives.Renew(hidden.StationId, DeviceKind.Station, hidden.DiedAt!.Value.AddMinutes(-1));

        Assert.InRange(WarningJudge.Deaths(plan, []).Died, before + 1, int.MaxValue);
    }

    private WarningSummary Judge(params Condition[] history) => WarningJudge.Warnings(_plan, history, ConditionState.Degraded);

    private Condition Told(DateTimeOffset at, ConditionState state) => new()
    {
        StationId = _worn.StationId,
        Device = new Device { Kind = _worn.Kind, Serial = _worn.Serial },
        State = state,
        Since = at.ToTimestamp(),
    };
}
