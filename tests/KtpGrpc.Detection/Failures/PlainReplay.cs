using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Detection.Failures;

/// <summary>
/// The surprise as it was first drawn up, to tell what the server's additions are worth: the rarity of each day's increment,
/// summed with 0.6 of the day before; no totals, no use, no record of the model, nothing of the device's own.
/// </summary>
internal static class PlainReplay
{
    private const double Keep = 0.6;
    private const double Loudest = 5;

    public static double[] Play(Recording recording)
    {
        var counters = recording.Kind.Trouble.Length;
        var models = new Dictionary<string, OctaveHistogram[]>();
        var devices = new Dictionary<string, (int Day, ulong?[] Totals, double[] Sums)>();
        var scores = new double[recording.Rows.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            var row = recording.Rows[i];
            if (!models.TryGetValue(row.Model, out var usual))
            {
                models[row.Model] = usual = [.. Enumerable.Range(0, counters).Select(_ => new OctaveHistogram(1, null))];
            }

            var before = devices.GetValueOrDefault(row.Machine, (row.Day, row.Totals, Sums: new double[counters]));
            for (var counter = 0; counter < counters; counter++)
            {
                var increment = row.Totals[counter] > before.Totals[counter] ? row.Totals[counter]!.Value - before.Totals[counter]!.Value : 0;
                var bin = usual[counter].Bin(increment);
                var rarity = bin == 0 ? 0 : Math.Min(Loudest, -Math.Log10(usual[counter].Chance(bin, true, int.MinValue)));
                before.Sums[counter] = before.Sums[counter] * Math.Pow(Keep, row.Day - before.Day) + rarity;
                usual[counter].Learn(bin, row.Day);
            }

            devices[row.Machine] = (row.Day, row.Totals, before.Sums);
            scores[i] = before.Sums.Sum();
        }

        return scores;
    }
}
