namespace KtpGrpc.Detection.Failures;

/// <summary>
/// The simple baseline: each counter's increment against the moving mean and spread of that
/// device's own, in logarithms; what is above it, in standard deviations, summed over the counters.
/// </summary>
internal static class EwmaReplay
{
    private const double Weight = 0.02;
    private const double LeastSpread = 0.3;

    public static double[] Play(Recording recording)
    {
        var counters = recording.Kind.Trouble.Length;
        var devices = new Dictionary<string, Counter[]>();
        var scores = new double[recording.Rows.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            var row = recording.Rows[i];
            if (!devices.TryGetValue(row.Machine, out var device))
            {
                devices[row.Machine] = device = [.. Enumerable.Range(0, counters).Select(_ => new Counter())];
            }

            scores[i] = Enumerable.Range(0, counters).Sum(counter => row.Totals[counter] is { } total ? device[counter].Take(total) : 0);
        }

        return scores;
    }

    private sealed class Counter
    {
        private ulong? _total;
        private double _mean;
        private double _variance;

        public double Take(ulong total)
        {
            if (_total is not { } before)
            {
                _total = total;
                return 0;
            }

            _total = total;
            var difference = Math.Log(1 + (total > before ? total - before : 0.0)) - _mean;
            var deviations = difference / Math.Sqrt(_variance + LeastSpread * LeastSpread);
            _mean += Weight * difference;
            _variance = (1 - Weight) * (_variance + Weight * difference * difference);
            return Math.Max(0, deviations);
        }
    }
}
