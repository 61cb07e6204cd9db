using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Coverage;

public sealed class OutlookTests
{
    private static readonly DateOnly _today = new(2016, 9, 5);
    private static readonly RegionCode _city = RegionCode.Trusted("53.71");

    private static readonly Gen<CoverageFigures> _figures =
        from obliged in Gen.Choose(0, 100_000)
        from recorded in Gen.Choose(0, 110_000)
        select new CoverageFigures(obliged, recorded);

    /// <summary>A city of six districts, some with targets of their own, one of them past.</summary>
    private static readonly Gen<TargetBook> _books =
        from figures in Gen.ListOf(_figures, 6)
        from recent in Gen.ListOf(Gen.Choose(0, 5_000), 6)
        from days in Gen.ListOf(Gen.Choose(-30, 400), 7)
        from own in Gen.ListOf(Gen.Elements(true, false), 6)
        from blanks in Gen.Choose(0, 60_000)
        from backlog in Gen.Choose(0, 30_000)
        select new TargetBook(
            PaceWindow.Of(_today, new DateOnly(2010, 1, 1)),
            Enumerable.Range(0, 6).Where(district => own[district]).ToDictionary(district => District(district).Value, district => _today.AddDays(days[district]))
                .Append(KeyValuePair.Create(_city.Value, _today.AddDays(days[6]))).ToDictionary(),
            [.. figures.Select((drawn, district) => (District(district), drawn))],
            Enumerable.Range(0, 6).ToDictionary(district => District(district).Value, district => (long)recent[district]),
            [new Supply(_city, blanks, backlog, [new DailyUse("53.71", 100, 20)], null)]);

    [Fact]
    public void Figures_OfDistricts_SumToTheirCity() => Property.Holds(_books, book =>
    {
        var districts = book.Districts.Select(district => book.Look(district.District)).ToList();

        var city = book.Look(_city);

        Assert.Equal(
            (districts.Sum(district => district.Missing), districts.Sum(district => district.Shortfall), districts.Sum(district => district.Expected)),
            (city.Missing, city.Shortfall, city.Expected));
        Assert.Equal(districts.Sum(district => district.Pace), city.Pace, 6);
    });

    [Fact]
    public void Figures_OfAnything_AreNeverNegativeNorMoreThanThereAre() => Property.Holds(_books, book =>
    {
        Assert.All(book.Districts.Select(district => district.District).Append(_city), region =>
        {
            var outlook = book.Look(region);
            Assert.InRange(outlook.Shortfall, 0, outlook.Missing);
            Assert.InRange(outlook.Expected, 0, outlook.Missing);
            Assert.True(outlook is { WorkingDays: >= 0, Pace: >= 0, PaceNeeded: null or >= 0 });
            Assert.True(double.IsFinite(outlook.PaceNeeded ?? 0));
        });
        Assert.True(book.BlanksShort(_city) >= 0);
        Assert.Null(book.BlanksShort(District(0)));
    });

    [Fact]
    public void Shortfall_AtAFasterPace_IsNeverGreater() => Property.Holds(_books.Zip(Gen.Choose(0, 5_000)), drawn =>
    {
        var (book, more) = drawn;
        var faster = book with { Recent = book.Recent.ToDictionary(recent => recent.Key, recent => recent.Value + more) };

        Assert.True(faster.Look(_city).Shortfall <= book.Look(_city).Shortfall);
        Assert.True(faster.BlanksShort(_city) >= book.BlanksShort(_city));
    });

    [Fact]
    public void Pace_ThatIsNeeded_LeavesNobodyOut() => Property.Holds(_figures.Zip(Gen.Choose(0, 400)), drawn =>
    {
        var date = _today.AddDays(drawn.Item2);
        var needed = Outlook.Of(drawn.Item1, 0, date, _today).PaceNeeded;

        Assert.Equal(0, Outlook.Of(drawn.Item1, needed!.Value, date, _today).Shortfall);
    });

    [Fact]
    public void Blanks_ShortByATarget_CoverWhatIsOwedAndWhatComes()
    {
        // Twenty working days at 10 a day; one blank of five is spoiled.
        var book = new TargetBook(
            PaceWindow.Of(_today, new DateOnly(2010, 1, 1)), new Dictionary<string, DateOnly> { [""] = _today.AddDays(25) },
            [(District(4), new CoverageFigures(1_000, 500))], new Dictionary<string, long> { [District(4).Value] = 200 },
            [new Supply(_city, 100, 40, [new DailyUse("53.71", 100, 20)], null)]);

        Assert.Equal(new Outlook(20, 500, 10, 25, 200), book.Look(_city));
        Assert.Equal((long)Math.Ceiling((40 + 200) * 1.25) - 100, book.BlanksShort(_city));
        Assert.Equal(new Target("", _today.AddDays(25)), book.Of(District(4)));
        Assert.Equal(300, book.Look(_city).Shortfall);
    }

    private static RegionCode District(int number) => RegionCode.Trusted($"53.71.{number + 1:00}");
}
