using System.Globalization;
using KtpGrpc.Detection.Failures;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Detection.Events;

/// <summary>Protocol A on a file of error codes and failures: does the record of the codes tell which of them end in a failure?</summary>
internal static class EventsProtocol
{
    private static readonly Rules _rules = new(48, 0, 24);

    /// <summary>Codes of one report of a device stand together.</summary>
    private const long Together = 1;

    public static readonly Protocol Protocol = new("events", Replay, Develop);

    /// <summary>The machines of a file, with the record's share at each report of codes; it learns from what is over only.</summary>
    public static List<Subject> Play(FileInfo file, Rules rules)
    {
        var events = CsvFile.Read(file, "hour", "machine", "kind", "code")
            .Select(values => new Event(CsvFile.Whole(values[0]), values[1], values[2], values[3]))
            .OrderBy(one => one.Hour).ToList();
        var failures = events.Where(one => one.Kind == "failure").ToLookup(one => one.Machine, one => one.Hour);
        var record = new CodeRecord(TimeSpan.FromHours(rules.Horizon));
        var open = new Queue<(long Hour, string Machine, string Codes)>();
        var moments = events.Select(one => one.Machine).Distinct().ToDictionary(machine => machine, _ => new List<Moment>());
        foreach (var report in events.Where(one => one.Kind == "error").GroupBy(one => (one.Hour / Together, one.Machine)))
        {
            var hour = report.First().Hour;
            while (open.TryPeek(out var over) && over.Hour + rules.Horizon < hour)
            {
                record.Learn(over.Codes, failures[over.Machine].Any(failure => over.Hour <= failure && failure <= over.Hour + rules.Horizon));
                open.Dequeue();
            }

            var codes = CodeRecord.Together(report.Select(one => one.Code));
            moments[report.Key.Machine].Add(new Moment(hour, record.Share(codes)));
            open.Enqueue((hour, report.Key.Machine, codes));
        }

        return [.. moments.Select(machine => new Subject(
            "m" + machine.Key.ToString(CultureInfo.InvariantCulture), machine.Value, [.. failures[machine.Key]], 12))];
    }

    private static Report Replay(Replayed replayed)
    {
        var rules = replayed.Horizon is { } horizon ? _rules with { Horizon = (long)horizon.TotalHours } : _rules;
        var threshold = Thresholds.Choose(Play(replayed.Train, rules), Goal.BestF1, rules);
        return new Report(
            $"events, {replayed.Train.Name} → {replayed.Test.Name}",
            [new Figure("threshold", threshold, "0.00"), .. Figures(Judge.Of(Play(replayed.Test, rules), threshold, rules), null)]);
    }

    private static IEnumerable<Report> Develop(DirectoryInfo folder)
    {
        if (folder.GetFiles("pdm_events_dev.csv").FirstOrDefault() is { } file)
        {
            var judged = Thresholds.CrossValidate(Play(file, _rules), Goal.BestF1, _rules);
            yield return new Report("events", [.. Figures(Verdict.Sum(judged), 0.62)]);
        }
    }

    private static IEnumerable<Figure> Figures(Verdict verdict, double? least) =>
    [
        new Figure("F1", verdict.F1, "0.000", least),
        new Figure("recall", verdict.Recall, "0.00"),
        new Figure("precision", verdict.Precision, "0.00"),
        new Figure("median lead, days", verdict.Lead, "0.0"),
        new Figure("false alarms per machine-month", verdict.WrongPerMonth, "0.00"),
    ];

    private sealed record Event(long Hour, string Machine, string Kind, string Code);
}
