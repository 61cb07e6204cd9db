using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class HysteresisTests
{
    private static readonly AttentionBudget _budget = new(4, 6);

    private static readonly Gen<(double Score, int Days)[]> _scores = Gen.ArrayOf(
        from score in Gen.OneOf(Gen.Choose(0, 100).Select(score => score / 10.0), Gen.Constant(double.NaN))
        from days in Gen.Choose(-3, 5)
        select (score, days));

    [Theory]
    [InlineData(3.9, Attention.None)]
    [InlineData(4, Attention.Watch)]
    [InlineData(6, Attention.Act)]
    public void Score_AtAThreshold_RaisesAtOnce(double score, object attention) =>
        Assert.Equal((Attention)attention, Hysteresis.Next(Hysteresis.Calm, score, 1, _budget).Attention);

    [Fact]
    public void Score_BelowTheThresholdAndAboveHalfOfIt_HoldsForEver() =>
        Assert.All(Enumerable.Range(2, 100), day => Assert.Equal(Attention.Act, Play((1, 6), (2, 3), (day, 3.1)).Attention));

    [Fact]
    public void Score_BelowHalfForThreeDays_ClearsOnTheThird()
    {
        Assert.Equal(Attention.Watch, Play((1, 4), (2, 1), (4, 1)).Attention);
        Assert.Equal(Attention.None, Play((1, 4), (2, 1), (5, 1)).Attention);
    }

    [Fact]
    public void Score_ThatComesBackInBetween_BeginsTheThreeDaysAgain() =>
        Assert.Equal(Attention.Watch, Play((1, 4), (2, 1), (4, 2.5), (5, 1), (7, 1)).Attention);

    [Fact]
    public void Act_ThatClearsWhileHalfOfTheWatchIsStillReached_GoesDownToWatch() =>
        Assert.Equal(Attention.Watch, Play((1, 6), (2, 2.5), (5, 2.5)).Attention);

    [Fact]
    public void Attention_OverAnyScores_NeverRisesWithoutItsThresholdNorFallsWithinThreeDays() => Property.Holds(_scores, scores =>
    {
        var (state, day, fellSince) = (Hysteresis.Calm, 0, int.MaxValue);
        foreach (var (score, days) in scores)
        {
            day += days;
            var next = Hysteresis.Next(state, score, day, _budget);
            fellSince = score < _budget.Of(state.Attention) / 2 ? Math.Min(fellSince, day) : int.MaxValue;
            if (next.Attention > state.Attention)
            {
                Assert.True(score >= _budget.Of(next.Attention));
            }

            if (next.Attention < state.Attention)
            {
                Assert.True(day - fellSince >= 3);
            }

            if (next.Attention != state.Attention)
            {
                fellSince = int.MaxValue;
            }

            state = next;
        }
    });

    private static Hysteresis Play(params (int Day, double Score)[] days) =>
        days.Aggregate(Hysteresis.Calm, (state, next) => Hysteresis.Next(state, next.Score, next.Day, _budget));
}
