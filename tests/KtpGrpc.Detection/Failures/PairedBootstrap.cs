namespace KtpGrpc.Detection.Failures;

/// <summary>By how much one detector is better than another on the same machines: the interval that holds 95 of 100 draws.</summary>
internal sealed record Difference(double Low, double High);

/// <summary>Draws machines with replacement, the same ones for both detectors; the seed is fixed, so that a figure repeats.</summary>
internal static class PairedBootstrap
{
    private const int Draws = 1000;

    public static Difference Of(IReadOnlyList<Verdict> ours, IReadOnlyList<Verdict> theirs, Func<Verdict, double> figure)
    {
        // Machines without alarm and failure change neither recall nor precision, and are most of them.
        var telling = Enumerable.Range(0, ours.Count).Where(i => Tells(ours[i]) || Tells(theirs[i])).ToArray();
        var random = new Random(1);
        var differences = new double[Draws];
        for (var draw = 0; draw < Draws; draw++)
        {
            var drawn = new int[telling.Length];
            for (var i = 0; i < drawn.Length; i++)
            {
                drawn[i] = telling[random.Next(telling.Length)];
            }

            differences[draw] = figure(Verdict.Sum(drawn.Select(i => ours[i]))) - figure(Verdict.Sum(drawn.Select(i => theirs[i])));
        }

        Array.Sort(differences);
        return new Difference(differences[Draws / 40], differences[^(Draws / 40)]);
    }

    private static bool Tells(Verdict verdict) => verdict.Right + verdict.Wrong + verdict.Failures > 0;
}
