using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Destruction;
using Xunit;

namespace KtpGrpc.Server.Tests.Destruction;

public sealed class TallyTests
{
    private static readonly Gen<List<ReasonTotal>> _totals = Gen.Choose(0, 3_000).ArrayOf(8)
        .Select(cards => Enum.GetValues<InvalidReason>().Zip(cards, (reason, count) => new ReasonTotal(reason, count)).Where(total => total.Cards > 0).ToList());

    [Fact]
    public void Record_Of2629BurntAgainst2169And500_IsRefusedWithItsDifference()
    {
        ReasonTotal[] items = [new(InvalidReason.Encode, 2_169), new(InvalidReason.Damaged, 500)];

        Assert.Equal(
            "total is 2629, and the totals by reason sum to 2669: a difference of 40. Count again.",
            Tally.Fault(2_629, items, items));
    }

    [Fact]
    public void Record_Of1729AgainstItemsThatSumTo1719_IsRefusedWithItsDifference()
    {
        ReasonTotal[] items = [new(InvalidReason.Print, 904), new(InvalidReason.Status, 615), new(InvalidReason.Moved, 200)];

        Assert.Equal(
            "total is 1729, and the totals by reason sum to 1719: a difference of 10. Count again.",
            Tally.Fault(1_729, items, items));
    }

    [Fact]
    public void Totals_AsListed_AddUp() => Property.Holds(_totals, totals =>
    {
        Assert.Null(Tally.Fault(totals.Sum(total => total.Cards), totals, totals));
        Assert.Null(Tally.Fault(totals.Sum(total => total.Cards), [.. totals, new ReasonTotal(InvalidReason.Print, 0)], totals));
    });

    [Fact]
    public void Totals_WithOneThatDiffersFromTheList_NameItAndTheDifference() => Property.Holds(
        from totals in _totals.Where(totals => totals.Count > 0)
        from place in Gen.Choose(0, totals.Count - 1)
        from more in Gen.Elements(-1, 1, 2, 40)
        select (totals, place, more: Math.Max(more, -(int)totals[place].Cards)),
        drawn =>
        {
            var changed = drawn.totals[drawn.place] with { Cards = drawn.totals[drawn.place].Cards + drawn.more };
            var counted = drawn.totals.Select((total, i) => i == drawn.place ? changed : total).ToList();

            var fault = Tally.Fault(counted.Sum(total => total.Cards), counted, drawn.totals);

            Assert.Contains($"{changed.Cards} cards with the reason {changed.Reason.ToString().ToUpperInvariant()}", fault, StringComparison.Ordinal);
            Assert.Contains($"a difference of {Math.Abs(drawn.more)}", fault, StringComparison.Ordinal);
        });

    [Fact]
    public void Totals_ExchangedBetweenReasons_DoNotAddUp() => Property.Holds(
        _totals.Where(totals => totals.Count > 1 && totals[0].Cards != totals[1].Cards),
        totals =>
        {
            List<ReasonTotal> counted = [totals[0] with { Cards = totals[1].Cards }, totals[1] with { Cards = totals[0].Cards }, .. totals.Skip(2)];

            Assert.NotNull(Tally.Fault(totals.Sum(total => total.Cards), counted, totals));
        });
}
