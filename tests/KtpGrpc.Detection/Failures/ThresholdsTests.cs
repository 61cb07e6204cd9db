using Xunit;

namespace KtpGrpc.Detection.Failures;

public sealed class ThresholdsTests
{
    private static readonly Rules _rules = new(10, 0, 1);

    [Fact]
    public void Threshold_ForF1_IsTheHighestOfTheBest()
    {
        List<Subject> subjects = [Fails("a", 9), Fails("b", 8), Fails("c", 7), Lives("d", 5), Lives("e", 3)];

        Assert.Equal(7, Thresholds.Choose(subjects, Goal.BestF1, _rules));
    }

    [Fact]
    public void Threshold_WithinABudget_FindsMostAndStandsMidwayBetweenEqualOnes()
    {
        List<Subject> subjects = [Fails("a", 9), Fails("b", 8), Lives("c", 7), Lives("d", 6), Lives("e", 5), Fails("f", 1)];

        var threshold = Thresholds.Choose(subjects, Goal.Within(2 / 6.0), _rules);

        Assert.Equal(7, threshold);
    }

    [Fact]
    public void Threshold_WithinABudgetOfNothing_RaisesNoFalseAlarm()
    {
        List<Subject> subjects = [Lives("a", 9), Fails("b", 8), Fails("c", 7)];

        var verdict = Judge.Of(subjects, Thresholds.Choose(subjects, Goal.Within(0), _rules), _rules);

        Assert.InRange(verdict.Wrong, 0, 1);
    }

    [Fact]
    public void Scores_AllZero_RaiseNoAlarm() =>
        Assert.Equal(double.MaxValue, Thresholds.Choose([Lives("a", 0), Fails("b", 0)], Goal.BestF1, _rules));

    [Fact]
    public void CrossValidation_JudgesAMachineByTheOthers()
    {
        // The only machine of its fold that fails quietly: the others' threshold passes it over, its own would not.
        List<Subject> loud = [.. Enumerable.Range(0, 40).Select(i => Fails("loud" + i, 9)), .. Enumerable.Range(0, 40).Select(i => Lives("well" + i, 2))];
        var quiet = Fails("quiet", 1);

        var verdicts = Thresholds.CrossValidate([.. loud, quiet], Goal.BestF1, _rules);

        Assert.Equal(0, verdicts[^1].Found);
        Assert.All(verdicts.Take(40), verdict => Assert.Equal(1, verdict.Found));
    }

    [Fact]
    public void Folds_OfManyMachines_AreOfOneSize()
    {
        var sizes = Enumerable.Range(0, 10_000).GroupBy(i => new Subject("machine" + i, [], [], 1).Fold).Select(fold => fold.Count()).ToList();

        Assert.Equal(Judge.Folds, sizes.Count);
        Assert.All(sizes, size => Assert.InRange(size, 1700, 2300));
    }

    [Fact]
    public void Bootstrap_OfADetectorAgainstItself_FindsNoDifference()
    {
        List<Verdict> verdicts = [.. Enumerable.Range(0, 30).Select(i => Judge.Of(Fails("m" + i, i), 15, _rules))];

        Assert.Equal(new Difference(0, 0), PairedBootstrap.Of(verdicts, verdicts, verdict => verdict.Recall));
    }

    [Fact]
    public void Bootstrap_OfAMuchBetterDetector_StaysAboveNothing()
    {
        List<Verdict> good = [.. Enumerable.Range(0, 30).Select(i => Judge.Of(Fails("m" + i, 9), 1, _rules))];
        List<Verdict> bad = [.. Enumerable.Range(0, 30).Select(i => Judge.Of(Fails("m" + i, i < 5 ? 9 : 0), 1, _rules))];

        var difference = PairedBootstrap.Of(good, bad, verdict => verdict.Recall);

        Assert.InRange(difference.Low, 0.5, 0.83);
        Assert.InRange(difference.High, 0.84, 1);
    }

    private static Subject Fails(string id, double score) => new(id, [new Moment(5, score)], [8], 1);

    private static Subject Lives(string id, double score) => new(id, [new Moment(5, score)], [], 1);
}
