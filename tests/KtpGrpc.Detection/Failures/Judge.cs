namespace KtpGrpc.Detection.Failures;

/// <summary>The numbers of protocol A for a file: how long an alarm covers, when the cold start is over, how long a day is.</summary>
internal sealed record Rules(long Horizon, long From, long Day);

/// <summary>Protocol A of the data's README: alarm instances, which of them were right, and which failures they found.</summary>
internal static class Judge
{
    public const int Folds = 5;

    /// <summary>An instance opens at a moment at or above the threshold which no earlier one covers; one from t covers [t, t + horizon).</summary>
    public static List<long> Instances(IReadOnlyList<Moment> moments, double threshold, Rules rules)
    {
        var instances = new List<long>();
        foreach (var (at, score) in moments)
        {
            if (at >= rules.From && score >= threshold && (instances.Count == 0 || at >= instances[^1] + rules.Horizon))
            {
                instances.Add(at);
            }
        }

        return instances;
    }

    public static Verdict Of(Subject subject, double threshold, Rules rules)
    {
        var instances = subject.Highest < threshold ? [] : Instances(subject.Moments, threshold, rules);
        var right = instances.Count(at => subject.Failures.Any(failure => Covers(at, failure, rules)));
        var failures = subject.Failures.Where(failure => failure >= rules.From).ToList();
        var leads = failures
            .Select(failure => instances.Where(at => Covers(at, failure, rules)).Select(at => failure - at).DefaultIfEmpty(-1).Max())
            .Where(lead => lead >= 0)
            .Select(lead => lead / (double)rules.Day)
            .ToList();
        return new Verdict(right, instances.Count - right, failures.Count, subject.Months, leads);
    }

    public static Verdict Of(IEnumerable<Subject> subjects, double threshold, Rules rules) =>
        Verdict.Sum(subjects.Select(subject => Of(subject, threshold, rules)));

    private static bool Covers(long at, long failure, Rules rules) => at <= failure && failure <= at + rules.Horizon;
}
