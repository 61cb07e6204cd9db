using Xunit;

namespace KtpGrpc.Detection.Failures;

/// <summary>Each rule of protocol A on hand-made rows: an alarm covers ten days, nothing counts before day 3.</summary>
public sealed class JudgeTests
{
    private static readonly Rules _rules = new(10, 3, 1);

    [Fact]
    public void Score_AtTheThreshold_OpensAnInstance() => Assert.Equal([5], Instances((4, 0.9), (5, 1)));

    [Fact]
    public void Score_WithinTheCoverOfAnInstance_OpensNone() => Assert.Equal([5], Instances((5, 1), (6, 3), (14, 1)));

    [Fact]
    public void Score_StillHighWhenTheCoverEnds_OpensAnother() => Assert.Equal([5, 15], Instances((5, 1), (14, 1), (15, 1)));

    [Fact]
    public void Score_HighBeforeTheColdStartIsOver_OpensAnInstanceWhenItIs() => Assert.Equal([3], Instances((1, 1), (2, 1), (3, 1)));

    [Fact]
    public void Score_HighOnlyBeforeTheColdStartIsOver_OpensNone() => Assert.Empty(Instances((1, 1), (2, 1), (3, 0)));

    [Theory]
    [InlineData(5, 1)]
    [InlineData(15, 1)]
    [InlineData(16, 0)]
    [InlineData(4, 0)]
    public void Instance_WithAFailureBehindItWithinItsCover_IsRight(int failure, int right)
    {
        var verdict = Judge.Of(Machine([failure], (5, 1)), 1, _rules);

        Assert.Equal((right, 1 - right, right), (verdict.Right, verdict.Wrong, verdict.Found));
    }

    [Fact]
    public void Instance_CutByTheEndOfTheData_IsWrong() => Assert.Equal(1, Judge.Of(Machine([], (5, 0), (6, 1)), 1, _rules).Wrong);

    [Fact]
    public void Failure_BeforeTheColdStartIsOver_IsNotScored() => Assert.Equal(0, Judge.Of(Machine([2], (1, 1), (2, 1)), 1, _rules).Failures);

    [Fact]
    public void Failure_OnTheDayOfItsAlarm_IsFoundAndNotEarly()
    {
        var verdict = Judge.Of(Machine([5], (4, 0), (5, 1)), 1, _rules);

        Assert.Equal((1.0, 0.0), (verdict.Recall, verdict.StrictRecall));
        Assert.Equal((0.0, 0.0), (verdict.Lead, verdict.EarlyLead));
    }

    [Fact]
    public void Failure_ADayAfterItsAlarm_IsFoundEarly()
    {
        var verdict = Judge.Of(Machine([6], (5, 1), (6, 1)), 1, _rules);

        Assert.Equal((1.0, 1.0, 1.0), (verdict.Recall, verdict.StrictRecall, verdict.EarlyLead));
    }

    [Fact]
    public void Failures_TwoBehindOneInstance_AreBothFoundByOneRightInstance()
    {
        var verdict = Judge.Of(Machine([6, 9], (5, 1)), 1, _rules);

        Assert.Equal((1, 0, 2, 2), (verdict.Right, verdict.Wrong, verdict.Found, verdict.Failures));
    }

    [Fact]
    public void Verdict_OfSeveralMachines_IsPooled()
    {
        var verdict = Judge.Of([Machine([8], (5, 1)), Machine([], (5, 1)), Machine([9], (5, 0)), Machine([15], (5, 1))], 1, _rules);

        Assert.Equal((2, 1, 3), (verdict.Right, verdict.Wrong, verdict.Failures));
        Assert.Equal(2 / 3.0, verdict.Precision, 9);
        Assert.Equal(2 / 3.0, verdict.Recall, 9);
        Assert.Equal(6.5, verdict.Lead);
        Assert.Equal(1 / 4.0, verdict.WrongPerMonth);
    }

    [Fact]
    public void Lead_CountedInHours_IsToldInDays()
    {
        var verdict = Judge.Of(Machine([29], (5, 1)), 1, new Rules(48, 0, 24));

        Assert.Equal(1, verdict.Lead);
    }

    private static List<long> Instances(params (long At, double Score)[] rows) => Judge.Instances(Moments(rows), 1, _rules);

    private static Subject Machine(long[] failures, params (long At, double Score)[] rows) => new("m", Moments(rows), failures, 1);

    private static List<Moment> Moments((long At, double Score)[] rows) => [.. rows.Select(row => new Moment(row.At, row.Score))];
}
