namespace KtpGrpc.Detection.Failures;

/// <summary>What a threshold is chosen for: the best F1, or the most failures found within a budget of false alarms per machine-month.</summary>
internal sealed record Goal(string Name, double? Budget)
{
    public static readonly Goal BestF1 = new("best F1", null);

    public static Goal Within(double budget) => new(FormattableString.Invariant($"≤ {budget:0.##}"), budget);
}

/// <summary>
/// Chooses thresholds from the scores of the machines at hand. Where neighbours serve a budget equally the one midway
/// between them is taken: the farthest from where it would begin to fail. For F1 it is the highest.
/// </summary>
internal static class Thresholds
{
    private const int Candidates = 400;

    public static double Choose(IReadOnlyList<Subject> subjects, Goal goal, Rules rules)
    {
        var candidates = Of(subjects);
        return candidates.Count == 0 ? double.MaxValue : Choose(candidates, Curve(subjects, candidates, rules), goal);
    }

    /// <summary>The verdict on every machine by the thresholds of the other folds' machines, in the machines' order.</summary>
    public static List<Verdict> CrossValidate(IReadOnlyList<Subject> subjects, Goal goal, Rules rules)
    {
        var candidates = Of(subjects);
        var curves = Enumerable.Range(0, Judge.Folds)
            .Select(fold => Curve(subjects.Where(subject => subject.Fold == fold), candidates, rules))
            .ToList();
        var chosen = Enumerable.Range(0, Judge.Folds)
            .Select(fold => Choose(candidates, Added(curves.Where((_, other) => other != fold)), goal))
            .ToList();
        return [.. subjects.Select(subject => Judge.Of(subject, chosen[subject.Fold], rules))];
    }

    /// <summary>Scores as they were seen, from the highest down, denser where alarms are rare.</summary>
    private static List<double> Of(IReadOnlyList<Subject> subjects)
    {
        var moments = subjects.Sum(subject => subject.Moments.Count);
        var scores = subjects.SelectMany(subject => subject.Moments).Select(moment => moment.Score).Where(score => score > 0).ToArray();
        Array.Sort(scores);
        Array.Reverse(scores);
        var most = Math.Min(scores.Length, Math.Max(moments / 10, Candidates));
        return [.. Enumerable.Range(0, most == 0 ? 0 : Candidates)
            .Select(i => scores[(int)(Math.Pow(i / (Candidates - 1.0), 2.2) * (most - 1))]).Distinct()];
    }

    private static Count[] Curve(IEnumerable<Subject> subjects, List<double> candidates, Rules rules)
    {
        var curve = new Count[candidates.Count];
        foreach (var subject in subjects)
        {
            // Most machines never come near a threshold: what is said of them is said once.
            var quiet = Judge.Of(subject, double.MaxValue, rules);
            for (var i = 0; i < candidates.Count; i++)
            {
                var verdict = subject.Highest < candidates[i] ? quiet : Judge.Of(subject, candidates[i], rules);
                curve[i] = curve[i].And(new Count(verdict.Right, verdict.Wrong, verdict.Found, verdict.Failures, verdict.Months));
            }
        }

        return curve;
    }

    private static Count[] Added(IEnumerable<Count[]> curves) =>
        curves.Aggregate((sum, next) => [.. sum.Zip(next, (a, b) => a.And(b))]);

    private static double Choose(List<double> candidates, Count[] curve, Goal goal)
    {
        var worth = Array.ConvertAll(curve, count => count.Worth(goal));
        var first = Array.IndexOf(worth, worth.Max());
        var last = first;
        while (goal.Budget is not null && last + 1 < worth.Length && worth[last + 1] == worth[first])
        {
            last++;
        }

        return candidates[(first + last) / 2];
    }

    private readonly record struct Count(int Right, int Wrong, int Found, int Failures, double Months)
    {
        public Count And(Count other) =>
            new(Right + other.Right, Wrong + other.Wrong, Found + other.Found, Failures + other.Failures, Months + other.Months);

        public double Worth(Goal goal)
        {
            var recall = Failures == 0 ? 0 : Found / (double)Failures;
            var precision = Right + Wrong == 0 ? 0 : Right / (double)(Right + Wrong);
            return goal.Budget is not { } budget ? 2 * recall * precision / Math.Max(recall + precision, 1e-9)
                : Wrong / Months <= budget ? recall
                : -1;
        }
    }
}
