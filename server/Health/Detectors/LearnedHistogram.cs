namespace KtpGrpc.Server.Health.Detectors;

/// <summary>A histogram as one server has it.</summary>
/// <param name="Learned">What of it this server has learned since it knew what the tables have.</param>
/// <param name="Kept">What a day before counts for; 1 for what does not change as a fleet grows old.</param>
internal sealed record LearnedHistogram(double[] Seen, double[] Learned, double Kept)
{
    private const int MostDays = 100;

    /// <summary>What a row has, faded by the days since, and what was learned here.</summary>
    /// <param name="daysSince">From the row's last day to that of this histogram; 0 and less where it is as late.</param>
    public double[] MergeInto(double[] row, int daysSince)
    {
        var fade = Kept < 1 ? Math.Pow(Kept, Math.Clamp(daysSince, 0, MostDays)) : 1;
        var merged = row.Zip(Learned, (saved, learned) => Math.Max(0, fade * saved + learned)).ToArray();
        return merged.Sum() > OctaveHistogram.Most ? Array.ConvertAll(merged, count => count / 2) : merged;
    }
}
