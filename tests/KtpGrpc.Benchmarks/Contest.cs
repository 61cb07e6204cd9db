namespace KtpGrpc.Benchmarks;

/// <summary>What is measured of a run.</summary>
/// <param name="Bar">The ratio, ours to the bare server's, that must hold; null for what is only told.</param>
internal sealed record Figure(string Name, string Unit, Bar? Bar = null);

/// <summary>At least, or at most, this ratio.</summary>
internal sealed record Bar(double Ratio, bool IsLeast)
{
    public bool Holds(double ratio) => IsLeast ? ratio >= Ratio : ratio <= Ratio;

    public override string ToString() => $"{(IsLeast ? "≥" : "≤")} {Ratio:0.00}";
}

/// <summary>Who runs: ours, or one that it is measured against.</summary>
internal sealed record Contestant(string Name, Func<CancellationToken, Task<double[]>> RunAsync);

/// <summary>One round: the figures of each contestant, in their order, measured one right after the other.</summary>
internal sealed record Round(double[][] Values);

/// <summary>The median of what several rounds gave, and how far they lie apart.</summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}

/// <summary>
/// The rounds of one benchmark. Contestants take turns, A B A B, because a machine is never the same for long: only ratios
/// within a round mean something.
/// </summary>
internal sealed record Contest(string Name, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Contestants, IReadOnlyList<Round> Rounds)
{
    public bool Holds => Figures.Index().All(figure => figure.Item.Bar is not { } bar || bar.Holds(RatioOf(1, figure.Index).Median));

    /// <summary>Ours to another contestant's, in one figure.</summary>
    public Spread RatioOf(int other, int figure) => Spread.Of(Rounds.Select(round => round.Values[0][figure] / round.Values[other][figure]));

    public Spread ValueOf(int contestant, int figure) => Spread.Of(Rounds.Select(round => round.Values[contestant][figure]));

    /// <param name="warmUps">Rounds that are run first and thrown away: code is compiled, files and caches are there.</param>
    /// <param name="contestants">Ours first, then the one that the bars are about, then others.</param>
    public static async Task<Contest> RunAsync(
        string name, IReadOnlyList<Figure> figures, int warmUps, int rounds, IReadOnlyList<Contestant> contestants, CancellationToken cancellation)
    {
        var taken = new List<Round>();
        for (var i = -warmUps; i < rounds; i++)
        {
            var values = new double[contestants.Count][];
            for (var j = 0; j < contestants.Count; j++)
            {
                values[j] = await contestants[j].RunAsync(cancellation);
                Report.WriteRun(name, i, contestants[j].Name, figures, values[j]);
            }

            if (i >= 0)
            {
                taken.Add(new Round(values));
            }
        }

        return new Contest(name, figures, [.. contestants.Select(contestant => contestant.Name)], taken);
    }
}
