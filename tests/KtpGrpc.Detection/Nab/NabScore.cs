namespace KtpGrpc.Detection.Nab;

/// <summary>What right, wrong and missed detections are worth (the profiles of the benchmark).</summary>
internal sealed record NabProfile(string Name, double Wrong, double Missed)
{
    public static readonly NabProfile Standard = new("standard", 0.11, 1);
    public static readonly NabProfile FewWrong = new("few false alarms", 0.22, 1);
    public static readonly NabProfile FewMissed = new("few missed", 0.11, 2);
}

/// <summary>The scores that a detector gave to a file's rows, and the windows in which an anomaly lies (row numbers, both inclusive).</summary>
internal sealed record NabFile(string Name, double[] Scores, IReadOnlyList<(int From, int To)> Windows)
{
    private const double ProbationShare = 0.15;
    private const int ProbationAtMost = 750;

    /// <summary>Rows that only teach: what is found in them counts for nothing.</summary>
    public int Probation => Math.Min((int)(ProbationShare * Scores.Length), ProbationAtMost);
}

/// <summary>
/// The scoring of the Numenta Anomaly Benchmark, v1.1 (Lavin and Ahmad, 2015): of a window's detections the earliest is worth most, by a
/// sigmoid; a false one costs less the closer it follows a window; 100 is perfect, 0 is silence.
/// </summary>
internal static class NabScore
{
    private const double FarPast = 3;

    private static readonly double _first = Sigmoid(-1);

    /// <summary>The weight of a detection at a place relative to a window: −1 its first row, 0 behind its last, 1 its width later.</summary>
    public static double Sigmoid(double place) => place > FarPast ? -1 : 2 / (1 + Math.Exp(5 * place)) - 1;

    /// <summary>The normalised score of all files with one threshold.</summary>
    public static double Of(IEnumerable<NabFile> files, double threshold, NabProfile profile) =>
        Sweep(files, profile).Last(step => step.Threshold >= threshold).Score;

    /// <summary>The threshold with which the score is best, and that score.</summary>
    public static (double Threshold, double Score) Best(IEnumerable<NabFile> files, NabProfile profile) => Sweep(files, profile).MaxBy(step => step.Score);

    /// <summary>The score for each threshold, from the highest down; a row is detected that reaches it.</summary>
    private static IEnumerable<(double Threshold, double Score)> Sweep(IEnumerable<NabFile> files, NabProfile profile)
    {
        var (rows, windows) = (new List<(double Score, int Window, double Weight)>(), 0);
        foreach (var file in files)
        {
            Weigh(file, profile, windows, rows);
            windows += file.Windows.Count;
        }

        rows.Sort((one, other) => other.Score.CompareTo(one.Score));
        var (found, total) = (new double[windows], -profile.Missed * windows);
        Array.Fill(found, -profile.Missed);
        yield return (double.PositiveInfinity, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            var (score, window, weight) = rows[i];
            if (window < 0)
            {
                total += weight;
            }
            else if (weight > found[window])
            {
                total += weight - found[window];
                found[window] = weight;
            }

            if (i + 1 == rows.Count || rows[i + 1].Score < score)
            {
                yield return (score, 100 * (total + profile.Missed * windows) / (windows * (1 + profile.Missed)));
            }
        }
    }

    private static void Weigh(NabFile file, NabProfile profile, int firstWindow, List<(double Score, int Window, double Weight)> rows)
    {
        var (next, past) = (0, -1);
        for (var i = 0; i < file.Scores.Length; i++)
        {
            while (next < file.Windows.Count && i > file.Windows[next].To)
            {
                past = next++;
            }

            if (i < file.Probation)
            {
                continue;
            }

            if (next < file.Windows.Count && i >= file.Windows[next].From)
            {
                var (from, to) = file.Windows[next];
                rows.Add((file.Scores[i], firstWindow + next, Sigmoid(-(to - i + 1.0) / (to - from + 1)) / _first));
            }
            else
            {
                var weight = past < 0 ? -1 : Sigmoid((i - file.Windows[past].To) / (double)(file.Windows[past].To - file.Windows[past].From));
                rows.Add((file.Scores[i], -1, profile.Wrong * weight));
            }
        }
    }
}
