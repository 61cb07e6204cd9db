using Xunit;

namespace KtpGrpc.Detection.Nab;

/// <summary>By hand, and by the values that the benchmark's paper (Lavin and Ahmad, 2015) and its code give.</summary>
public sealed class NabScoreTests
{
    private const double Threshold = 0.5;

    [Theory]
    [InlineData(-1, 0.98661)]
    [InlineData(-0.5, 0.84828)]
    [InlineData(0, 0)]
    [InlineData(0.5, -0.84828)]
    [InlineData(3, -1)]
    [InlineData(4, -1)]
    public void Sigmoid_HasThePublishedValues(double place, double weight) => Assert.Equal(weight, NabScore.Sigmoid(place), 5);

    [Fact]
    public void EachWindow_FoundInItsFirstRow_IsPerfect()
    {
        var file = File(1000, [(200, 299), (500, 599)], 200, 500);

        Assert.Equal(100, NabScore.Of([file], Threshold, NabProfile.Standard), 9);
        Assert.Equal(100, NabScore.Of([file], Threshold, NabProfile.FewMissed), 9);
        Assert.Equal(100, NabScore.Best([file], NabProfile.Standard).Score, 9);
    }

    [Fact]
    public void Silence_IsZero() => Assert.Equal(0, NabScore.Of([File(1000, [(200, 299), (500, 599)])], Threshold, NabProfile.Standard));

    [Fact]
    public void FalseAlarm_CostsElevenHundredthsOfAWindow_AndLessShortlyAfterOne()
    {
        // Two windows: a perfect score is 2 and silence is −2, so that a window is worth 50 from missed to found at once.
        var (before, shortly, late) = (File(1000, [(200, 299), (500, 599)], 160), File(1000, [(200, 299), (500, 599)], 309), File(1000, [(200, 299), (500, 599)], 450));

        Assert.Equal(-0.11 / 4 * 100, NabScore.Of([before], Threshold, NabProfile.Standard), 9);
        Assert.Equal(0.11 * NabScore.Sigmoid(10 / 99.0) / 4 * 100, NabScore.Of([shortly], Threshold, NabProfile.Standard), 9);
        Assert.Equal(0.11 * NabScore.Sigmoid(151 / 99.0) / 4 * 100, NabScore.Of([late], Threshold, NabProfile.Standard), 9);
        Assert.Equal(-0.22 / 4 * 100, NabScore.Of([before], Threshold, NabProfile.FewWrong), 9);
    }

    [Fact]
    public void Window_IsWorthItsEarliestDetection()
    {
        // The middle of a hundred rows: −(299 − 250 + 1) / 100 = −0.5.
        var middle = (1 + NabScore.Sigmoid(-0.5) / NabScore.Sigmoid(-1)) / 2 * 100;

        Assert.Equal(middle, NabScore.Of([File(1000, [(200, 299)], 250)], Threshold, NabProfile.Standard), 9);
        Assert.Equal(middle, NabScore.Of([File(1000, [(200, 299)], 250, 260, 298)], Threshold, NabProfile.Standard), 9);
    }

    [Fact]
    public void Missed_CostsTwice_WhereFewMayBeMissed()
    {
        // One of two: (1 − 2 + 4) of 6.
        Assert.Equal(50, NabScore.Of([File(1000, [(200, 299), (500, 599)], 200)], Threshold, NabProfile.FewMissed), 9);
    }

    [Theory]
    [InlineData(1000, 150)]
    [InlineData(4032, 604)]
    [InlineData(10_000, 750)]
    public void FirstRows_CountForNothing(int rows, int probation)
    {
        var file = File(rows, [(rows - 100, rows - 1)], 0, probation - 1);

        Assert.Equal(probation, file.Probation);
        Assert.Equal(0, NabScore.Of([file], Threshold, NabProfile.Standard));
        Assert.Equal(-0.11 / 2 * 100, NabScore.Of([File(rows, [(rows - 100, rows - 1)], probation)], Threshold, NabProfile.Standard), 9);
    }

    [Fact]
    public void BestThreshold_IsOneForAllFiles()
    {
        var (one, other) = (File(1000, [(200, 299)], 200), File(1000, [(200, 299)]));
        other.Scores[200] = 0.4;
        other.Scores[900] = 0.3;

        var (threshold, score) = NabScore.Best([one, other], NabProfile.Standard);

        Assert.Equal((0.4, 100), (threshold, Math.Round(score, 9)));
        Assert.Equal(50, NabScore.Of([one, other], 0.9, NabProfile.Standard), 9);
        Assert.InRange(NabScore.Of([one, other], 0.3, NabProfile.Standard), 97, 98);
    }

    private static NabFile File(int rows, (int From, int To)[] windows, params int[] found)
    {
        var scores = new double[rows];
        Array.ForEach(found, row => scores[row] = 1);
        return new NabFile("made.csv", scores, windows);
    }
}
