using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace KtpGrpc.Server.Tests.Cards;

public sealed class CardConservationTests
{
    /// <summary>What leads to a card comes more often, so that there are some for whatever happens to cards.</summary>
    private static readonly CardStepKind[] _kinds =
    [
        .. Enum.GetValues<CardStepKind>(),
        .. Enumerable.Repeat(CardStepKind.Load, 2), .. Enumerable.Repeat(CardStepKind.Feed, 4), .. Enumerable.Repeat(CardStepKind.Print, 4),
    ];

    private static readonly Gen<CardStep> _steps =
        from kind in Gen.Elements(_kinds)
        from number in Gen.Choose(1, 40)
        from other in Gen.Choose(1, 40)
        select new CardStep(kind, number, other);

    /// <summary>
    /// Whatever is received, loaded, printed, sent, lost, counted, withdrawn, listed and burnt, in any order: each card is in one
    /// place, both sides of every office's balance agree, and what is in transit is what was sent and has not arrived.
    /// </summary>
    [Fact]
    public void Cards_ThroughAnyHistory_AreConserved()
    {
        var done = new Dictionary<CardStepKind, int>();

        Property.Holds(_steps.ListOf(120), history =>
        {
            using var ledger = new CardLedger();
            foreach (var step in history)
            {
                if (ledger.Do(step))
                {
                    done[step.Kind] = done.GetValueOrDefault(step.Kind) + 1;
                }

                ledger.Check();
            }

            ledger.CheckFold();
        }, runs: 60);

        Assert.All(Enum.GetValues<CardStepKind>(), kind => Assert.True(done.GetValueOrDefault(kind) >= 10, $"{kind} was done {done.GetValueOrDefault(kind)} times: that proves nothing."));
    }
}
