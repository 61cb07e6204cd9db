using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class SupplyRulesTests
{
    private static readonly StationId _station = StationId.Trusted("53.71.04-1");

    private static readonly Gen<Supply> _supplies =
        from office in Gen.Choose(1, 99)
        from blanks in Gen.Elements(0, 1, 7, 100, 5_000)
        from backlog in Gen.Elements(0, 1, 20, 3_000, 45_000)
        from days in (from used in Gen.Choose(1, 600) from wasted in Gen.Choose(0, used) select new DailyUse("", used, wasted)).ListOf()
        select new Supply(RegionCode.Trusted($"53.{office:00}"), blanks, backlog, [.. days.Take(14)], null);

    [Fact]
    public void Collection_OfAnyOffices_GivesNoMoreThanThereIsOrIsWantedAndRaisesTheShortest() => Property.Holds(
        from supplies in _supplies.ListOf()
        from available in Gen.Frequency<int>((3, Gen.Choose(1, 200)), (3, Gen.Choose(200, 50_000)), (1, Gen.Choose(50_000, 10_000_000)))
        from days in Gen.Choose(1, 365)
        select (Supplies: supplies.DistinctBy(supply => supply.Office).ToList(), available, days),
        drawn =>
        {
            var (supplies, available, days) = drawn;
            var shares = Collecting.Propose(supplies, available, days);
            var wants = Collecting.Propose(supplies, long.MaxValue, days);
            var given = shares.ToDictionary(share => share.Office, share => share.Blanks);

            Assert.True(shares.Sum(share => share.Blanks) <= available);
            Assert.All(shares, share => Assert.InRange(share.Blanks, 1, share.Wanted));
            Assert.All(wants, want => Assert.Equal(want.Wanted, want.Blanks));
            Assert.Equal(shares.Select(share => share.DaysCovered).Order(), shares.Select(share => share.DaysCovered));
            Assert.True(shares.Sum(share => share.Blanks) == Math.Min(available, wants.Sum(want => want.Wanted)), "What is left over was wanted.");

            // Nobody who wants more could be raised without lowering somebody who would then be the shorter one.
            foreach (var raised in wants.Where(want => given.GetValueOrDefault(want.Office) < want.Wanted))
            {
                var now = DaysWith(supplies, raised.Office, given.GetValueOrDefault(raised.Office));
                Assert.All(shares.Where(share => share.Office != raised.Office), lowered => Assert.True(DaysWith(supplies, lowered.Office, lowered.Blanks - 1) <= now + 1e-6));
            }
        });

    [Theory]
    [InlineData("media-empty", nameof(PrinterFault.Blanks))]
    [InlineData("media-empty-warning", nameof(PrinterFault.Blanks))]
    [InlineData(" Marker-Supply-Empty-error", nameof(PrinterFault.Ribbon))]
    [InlineData("marker-supply-low-report", nameof(PrinterFault.None))]
    [InlineData("marker-print-ribbon-almost-empty", nameof(PrinterFault.None))]
    [InlineData("subunit-unrecoverable-failure", nameof(PrinterFault.Encoder))]
    [InlineData("media-jam", nameof(PrinterFault.Device))]
    [InlineData("cover-open-report", nameof(PrinterFault.Device))]
    [InlineData("unknown", nameof(PrinterFault.Device))]
    [InlineData("cleaner-life-over", nameof(PrinterFault.None))]
    [InlineData("E17", nameof(PrinterFault.None))]
    [InlineData("", nameof(PrinterFault.None))]
    public void Code_OfAPrinter_TellsWhatIsWrongWithIt(string code, string fault) => Assert.Equal(fault, PrinterCodes.FaultOf(code).ToString());

    [Fact]
    public void Picks_OverAnyHistory_AreOurStartsAndWhatIsUnexplained() => Property.Holds(
        (from strange in Gen.Frequency<int>((5, Gen.Constant(0)), (1, Gen.Choose(1, 5)))
         from end in Gen.Choose(0, 3)
         select (strange, end)).ListOf(),
        history =>
        {
            var (counter, unexplained, starts, unknown) = (100UL, 0L, 0UL, 0UL);
            PrinterCount? known = null;
            foreach (var (strange, end) in history)
            {
                counter += (ulong)strange;
                var noticed = PickedCards.Check(known, _station, "HDP-1", counter);
                Assert.IsNotType<CounterWentBack>(noticed, exactMatch: true);
                unexplained += noticed is PicksUnexplained picks ? picks.Picks : 0;
                var before = counter;
                counter += end == 0 ? 0UL : 1UL;
                known = new PrinterCount(end == 3 ? PickedCards.Started(before) : PickedCards.Settled(before, counter), 0);
                starts += end == 0 ? 0UL : 1UL;
                unknown += end == 3 ? 1UL : 0UL;
            }

            var strangers = (ulong)history.Skip(1).Sum(step => step.strange) + 0UL;
            Assert.True((ulong)unexplained == strangers, $"{unexplained} of {strangers} were noticed.");
        });

    [Theory]
    [InlineData(ulong.MaxValue, 0UL)]
    [InlineData(0UL, ulong.MaxValue)]
    public void Counter_AtTheEndsOfItsRange_IsStillCounted(ulong known, ulong read)
    {
        var count = new PrinterCount(PickedCards.Started(known), 0);

        Assert.NotNull(PickedCards.Check(count, _station, "HDP-1", read));
        Assert.Null(PickedCards.Check(count, _station, "HDP-1", known));
        Assert.Null(PickedCards.Check(null, _station, "HDP-1", read));
    }

    [Fact]
    public void Turns_DealtOutTogether_AreThoseThatWouldComeOneByOne() => Property.Holds(
        from passes in Gen.Choose(0, 5).ListOf()
        from jobs in Gen.Choose(0, 64)
        select (passes, jobs),
        drawn =>
        {
            List<Turn> turns = [.. drawn.passes.Take(20).Select((pass, i) => new Turn(RegionCode.Trusted($"53.{i:00}"), pass)).OrderBy(turn => turn.Pass)];
            var expected = turns.ToDictionary(turn => turn.Office, _ => 0);
            for (var i = 0; i < drawn.jobs && turns.Count > 0; i++)
            {
                var next = turns.MinBy(turn => turn.Pass + expected[turn.Office])!;
                expected[next.Office]++;
            }

            var dealt = Turns.Deal(turns, drawn.jobs);

            Assert.Equal(expected.Where(office => office.Value > 0).OrderBy(office => office.Key.Value), dealt.Select(share => KeyValuePair.Create(share.Office, share.Jobs)).OrderBy(office => office.Key.Value));
        });

    [Fact]
    public void Class_OfAJob_IsWorthAWaitThatIsTheSameForAll() => Property.Holds(
        from priority in Gen.Elements(Enum.GetValues<JobPriority>())
        from other in Gen.Elements(Enum.GetValues<JobPriority>())
        from minutes in Gen.Choose(-40_000, 40_000)
        select (priority, other, TimeSpan.FromMinutes(minutes)),
        drawn =>
        {
            var (priority, other, later) = drawn;
            var (one, two) = (Ranking.RankedAt(PrintShop.Opening, priority), Ranking.RankedAt(PrintShop.Opening + later, other));

            Assert.Equal(Ranking.HandicapOf(priority) - Ranking.HandicapOf(other) <= later, one <= two);
            Assert.True(priority <= other == Ranking.HandicapOf(priority) <= Ranking.HandicapOf(other));
        });

    private static double DaysWith(List<Supply> supplies, RegionCode office, long blanks)
    {
        var supply = supplies.Single(candidate => candidate.Office == office);
        return (blanks + supply.Blanks - supply.Needed) / (supply.PerDay > 0 ? supply.PerDay : 1);
    }
}
