using System.Globalization;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Detection.Nab;

/// <summary>
/// Protocol B: the Numenta Anomaly Benchmark, with the server's own gauge detector, a fresh one for each file. One threshold for all
/// files, chosen on the first set.
/// </summary>
internal static class NabProtocol
{
    /// <summary>Rows above the threshold that are closer than this are one alarm to a person.</summary>
    private static readonly TimeSpan _merged = TimeSpan.FromHours(24);

    public static readonly Protocol Protocol = new("nab", given => Judge(given.Test.Name, Read(given.Train), Read(given.Test), null), folder =>
    {
        var files = Read(new FileInfo(Path.Combine(folder.FullName, "nab_dev.csv.gz")));
        return [Judge("nab_dev.csv.gz", files, files, 54)];
    });

    private static Report Judge(string title, List<Series> train, List<Series> test, double? least)
    {
        var threshold = NabScore.Best(train.Select(series => series.File), NabProfile.Standard).Threshold;
        var files = test.ConvertAll(series => series.File);
        var (right, wrong, found) = Events(test, threshold);
        return new Report(title, [
            new Figure("score", NabScore.Of(files, threshold, NabProfile.Standard), "0.0", Least: least),
            new Figure("score, few false alarms", NabScore.Of(files, threshold, NabProfile.FewWrong), "0.0"),
            new Figure("score, few missed", NabScore.Of(files, threshold, NabProfile.FewMissed), "0.0"),
            new Figure("threshold", threshold, "0.00"),
            new Figure("precision of alarms", right / Math.Max(1.0, right + wrong), "0.00"),
            new Figure("recall of windows", found / Math.Max(1.0, files.Sum(file => file.Windows.Count)), "0.00"),
        ]);
    }

    /// <summary>Alarms that lie in a window, those that do not, and the windows in which one lies.</summary>
    private static (int Right, int Wrong, int Found) Events(List<Series> test, double threshold)
    {
        var (right, wrong, found) = (0, 0, 0);
        foreach (var (file, times) in test)
        {
            var (last, hit) = (DateTime.MinValue, new HashSet<(int, int)>());
            for (var i = file.Probation; i < file.Scores.Length; i++)
            {
                if (file.Scores[i] < threshold)
                {
                    continue;
                }

                if (times[i] - last >= _merged)
                {
                    var inside = file.Windows.Where(window => i >= window.From && i <= window.To).ToList();
                    hit.UnionWith(inside);
                    (right, wrong) = inside.Count > 0 ? (right + 1, wrong) : (right, wrong + 1);
                }

                last = times[i];
            }

            found += hit.Count;
        }

        return (right, wrong, found);
    }

    private static List<Series> Read(FileInfo file)
    {
        var windows = CsvFile.Read(new FileInfo(file.FullName.Replace(".csv.gz", "_windows.csv", StringComparison.Ordinal)), "file", "first_index", "last_index")
            .ToLookup(row => row[0], row => ((int)CsvFile.Whole(row[1]), (int)CsvFile.Whole(row[2])));
        return [.. CsvFile.Read(file, "file", "timestamp", "value").GroupBy(row => row[0]).Select(rows => SeriesOf(rows.Key, [.. rows], [.. windows[rows.Key].Order()]))];
    }

    private static Series SeriesOf(string name, List<string[]> rows, List<(int From, int To)> windows)
    {
        var (watch, times, scores) = (new GaugeWatch(), new DateTime[rows.Count], new double[rows.Count]);
        for (var i = 0; i < rows.Count; i++)
        {
            times[i] = DateTime.SpecifyKind(DateTime.Parse(rows[i][1], CultureInfo.InvariantCulture), DateTimeKind.Utc);
            scores[i] = watch.Take(CsvFile.Number(rows[i][2]), times[i]);
        }

        return new Series(new NabFile(name, scores, windows), times);
    }

    private sealed record Series(NabFile File, DateTime[] Times);
}
