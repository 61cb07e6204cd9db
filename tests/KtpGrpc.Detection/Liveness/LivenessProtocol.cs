using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Detection.Liveness;

/// <summary>
/// Protocol C: real sensors behind a link that loses every second frame. After each beat the detector names a deadline; a beat that
/// comes later was a mistake. A crash at a uniformly random instant is noticed when the deadline of the last beat passes.
/// </summary>
internal static class LivenessProtocol
{
    private const int LeastBeats = 50;
    private const int WarmUp = 20;
    private const double MonthSeconds = 30.44 * 86_400;

    /// <summary>Instants of a crash that are tried in each gap.</summary>
    private const int Instants = 20;

    public static readonly Protocol Protocol = new(
        "liveness", given => Judge(given.Test.Name, Read(given.Test)),
        folder => [Judge("heartbeats_dev.csv.gz", Read(new FileInfo(Path.Combine(folder.FullName, "heartbeats_dev.csv.gz"))))]);

    /// <summary>A device's beats, in seconds, and the period that their sequence numbers show; null where it has none.</summary>
    public static (double[] Beats, double Period)? Regular(IEnumerable<(double At, long Number)> beats)
    {
        var heard = beats.OrderBy(beat => beat.At).ToArray();
        var whole = heard.Zip(heard.Skip(1)).Where(pair => pair.Second.Number == pair.First.Number + 1).Select(pair => pair.Second.At - pair.First.At).Order().ToArray();
        return heard.Length >= LeastBeats && whole.Length > 0 && whole[whole.Length * 9 / 10] < 1.25 * whole[whole.Length / 10]
            ? ([.. heard.Select(beat => beat.At)], whole[whole.Length / 2])
            : null;
    }

    public static Report Judge(string title, IEnumerable<(double[] Beats, double Period)> devices)
    {
        var (total, late, mistakes, overdue) = (0.0, 0.0, 0, 0.0);
        var waits = new List<(double Wait, double Weight)>();
        foreach (var (beats, period) in devices)
        {
            var beat = new Heartbeat();
            for (var i = 1; i < beats.Length; i++)
            {
                var gap = beats[i] - beats[i - 1];
                if (i >= WarmUp)
                {
                    var patience = beat.Patience;
                    total += gap;
                    late += Math.Max(0, gap - patience);
                    overdue += Math.Max(0, gap - patience) / period;
                    mistakes += gap > patience ? 1 : 0;
                    waits.AddRange(Enumerable.Range(0, Instants).Select(at => (Math.Max(0, patience - gap * (at + 0.5) / Instants) / period, gap / Instants)));
                }

                beat.Take(gap);
            }
        }

        return new Report(title, [
            new Figure("mistakes per device-month", mistakes * MonthSeconds / total, "0.00", Most: 3),
            new Figure("time to notice a crash, mean periods", waits.Sum(wait => wait.Wait * wait.Weight) / total, "0.00", Most: 8),
            new Figure("time to notice a crash, p95 periods", Percentile(waits, 0.95 * total), "0.00"),
            new Figure("duration of a mistake, mean periods", overdue / Math.Max(1, mistakes), "0.00"),
            new Figure("share of time that the answer is right", 1 - late / total, "0.00000"),
        ]);
    }

    private static IEnumerable<(double[] Beats, double Period)> Read(FileInfo file) => CsvFile.Read(file, "unix_ms", "device", "seq")
        .GroupBy(row => row[1], row => (CsvFile.Whole(row[0]) / 1000.0, CsvFile.Whole(row[2])))
        .Select(beats => Regular(beats)).OfType<(double[], double)>();

    private static double Percentile(List<(double Wait, double Weight)> waits, double weight)
    {
        var below = 0.0;
        foreach (var wait in waits.OrderBy(wait => wait.Wait))
        {
            below += wait.Weight;
            if (below >= weight)
            {
                return wait.Wait;
            }
        }

        return double.NaN;
    }
}
