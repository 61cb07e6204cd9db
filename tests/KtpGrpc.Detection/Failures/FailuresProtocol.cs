namespace KtpGrpc.Detection.Failures;

/// <summary>Protocol A on files with a row per machine and day.</summary>
internal static class FailuresProtocol
{
    private static readonly Goal[] _goals = [Goal.BestF1, Goal.Within(0.01), Goal.Within(0.03), Goal.Within(0.1)];

    private static readonly Dictionary<string, double> _noLines = [];

    public static readonly Protocol Protocol = new("failures", Replay, Develop);

    /// <summary>Thresholds of one file, applied unchanged to another.</summary>
    private static Report Replay(Replayed replayed)
    {
        var (train, test) = (Recording.Read(replayed.Train), Recording.Read(replayed.Test));
        var rules = replayed.Horizon is { } horizon ? test.Kind.Rules with { Horizon = (long)horizon.TotalDays } : test.Kind.Rules;
        var taught = train.Subjects(SurpriseReplay.Play(train), rules);
        var judged = test.Subjects(SurpriseReplay.Play(test), rules);
        return new Report($"failures, {replayed.Train.Name} → {replayed.Test.Name}", [.. _goals.SelectMany(goal =>
        {
            var threshold = Thresholds.Choose(taught, goal, rules);
            return Figures(goal.Name, Judge.Of(judged, threshold, rules), _noLines).Prepend(new Figure($"{goal.Name}: threshold", threshold, "0.00"));
        })]);
    }

    private static IEnumerable<Report> Develop(DirectoryInfo folder)
    {
        foreach (var (name, lines) in new[] { ("fleet", _fleetLines), ("disks", _disksLines) })
        {
            if (folder.GetFiles($"{name}_dev.csv.gz").FirstOrDefault() is { } file)
            {
                yield return Develop(Recording.Read(file), lines);
            }
        }
    }

    /// <summary>Cross-validated over machines: each is judged by the thresholds of the other folds' machines.</summary>
    private static Report Develop(Recording recording, IReadOnlyDictionary<string, double> lines)
    {
        var rules = recording.Kind.Rules;
        var ours = recording.Subjects(SurpriseReplay.Play(recording), rules);
        var others = new[]
        {
            (Name: "EWMA z", Subjects: recording.Subjects(EwmaReplay.Play(recording), rules)),
            (Name: "plain surprise", Subjects: recording.Subjects(PlainReplay.Play(recording), rules)),
        };
        var figures = new List<Figure>();
        foreach (var goal in _goals)
        {
            var judged = Thresholds.CrossValidate(ours, goal, rules);
            figures.AddRange(Figures(goal.Name, Verdict.Sum(judged), lines));
            if (goal.Budget is null or 0.01)
            {
                var (name, figure) = goal.Budget is null ? ("F1", (Func<Verdict, double>)(verdict => verdict.F1)) : ("recall", verdict => verdict.Recall);
                figures.AddRange(others.SelectMany(other =>
                    Against($"{goal.Name}: {name}", figure, judged, other.Name, Thresholds.CrossValidate(other.Subjects, goal, rules))));
            }
        }

        return new Report($"failures, {recording.Kind.Name}", figures);
    }

    private static readonly Dictionary<string, double> _fleetLines = new()
    {
        ["≤ 0.01: recall"] = 0.38,
        ["≤ 0.01: precision"] = 0.55,
        ["≤ 0.01: median lead of those a day ahead, days"] = 3,
        ["best F1: F1"] = 0.48,
    };

    private static readonly Dictionary<string, double> _disksLines = new() { ["≤ 0.01: recall"] = 0.48 };

    private static IEnumerable<Figure> Figures(string goal, Verdict verdict, IReadOnlyDictionary<string, double> lines)
    {
        Figure Of(string name, double value, string format = "0.00") =>
            new($"{goal}: {name}", value, format, lines.TryGetValue($"{goal}: {name}", out var least) ? least : null);

        yield return Of("recall", verdict.Recall);
        yield return Of("strict recall", verdict.StrictRecall);
        yield return Of("precision", verdict.Precision);
        yield return Of("F1", verdict.F1);
        yield return Of("median lead, days", verdict.Lead, "0.0");
        yield return Of("median lead of those a day ahead, days", verdict.EarlyLead, "0.0");
        yield return Of("false alarms per machine-month", verdict.WrongPerMonth, "0.0000");
    }

    private static IEnumerable<Figure> Against(
        string name, Func<Verdict, double> figure, IReadOnlyList<Verdict> ours, string other, IReadOnlyList<Verdict> theirs)
    {
        var difference = PairedBootstrap.Of(ours, theirs, figure);
        yield return new Figure($"{name} of {other}", figure(Verdict.Sum(theirs)), "0.00");
        yield return new Figure($"{name} above {other}, low end of 95 %", difference.Low, "0.00");
        yield return new Figure($"{name} above {other}, high end of 95 %", difference.High, "0.00");
    }
}
