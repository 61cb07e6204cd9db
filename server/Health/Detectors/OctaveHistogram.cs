namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// How often values were seen, by powers of two. What few devices of a model have taught is filled up by the histogram of
/// their kind, and that by a stated one. Learning locks; reading does not, since a count more or less changes no verdict.
/// </summary>
/// <param name="least">Below it a value counts as none.</param>
/// <param name="kind">The histogram of all models of the kind, which is taught along; null for the kind's own.</param>
/// <param name="kept">What a day before counts for; 1 for what does not change as a fleet grows old.</param>
internal sealed class OctaveHistogram(double least, OctaveHistogram? kind, double kept = 1)
{
    public const int Bins = 24;

    /// <summary>Device-days that the kind's histogram counts for in a model's, and the stated one in a kind's.</summary>
    private const double KindDays = 100;
    private const double StatedDays = 3;

    /// <summary>Device-days of today that the history counts for, in the question whether today is strange for the whole model.</summary>
    private const double HistoryToday = 10;

    /// <summary>What was taught months ago counts for half when that many device-days have come.</summary>
    public const double Most = 1_000_000;

    private readonly Lock _lock = new();
    private readonly double[] _seen = new double[Bins];

    // What the tables have of it. It fades along, so that the rest is what was learned here since they were read.
    private readonly double[] _saved = new double[Bins];
    private readonly double[] _today = new double[Bins];
    private int _day = int.MinValue;
    private double _total;
    private double _totalToday;
    private double _fadedSinceTaken = 1;

    public double Days => _total;

    /// <summary>The last day that was learned from since the start; <see cref="int.MinValue"/> for none.</summary>
    public int Day => _day;

    /// <summary>In the middle of its octave; what is stated counts for nothing here.</summary>
    public double Median
    {
        get
        {
            var (bin, below) = (0, _seen[0]);
            while (bin < Bins - 1 && 2 * below < _total)
            {
                below += _seen[++bin];
            }

            return bin == 0 ? 0 : 1.5 * least * Math.ScaleB(1, bin - 1);
        }
    }

    /// <summary>0 for none, and for what is no number.</summary>
    public int Bin(double value) => value >= least ? 1 + Math.Min(Bins - 2, Math.ILogB(value / least)) : 0;

    /// <summary>
    /// The chance of a device-day at least as high (or, otherwise, at most as high). On a day on which much of the model is
    /// as strange it is the day's share: that is one cause, and not this device's.
    /// </summary>
    public double Chance(int bin, bool orMore, int day)
    {
        var (prior, weight) = kind is null ? (orMore ? Stated(bin) : 1, StatedDays) : (kind.Chance(bin, orMore, day), KindDays);
        var chance = (Count(_seen, bin, orMore) + weight * prior) / (_total + weight);
        return day == _day && _totalToday > 0
            ? Math.Max(chance, (Count(_today, bin, orMore) + HistoryToday * chance) / (_totalToday + HistoryToday))
            : chance;
    }

    public void Learn(int bin, int day)
    {
        kind?.Learn(bin, day);
        lock (_lock)
        {
            // A day that is over is late news and no common cause; one that lies far back shows that the clock was ahead.
            if (day > _day || day < _day - 31)
            {
                // After a restart nobody knows which day was the last: what was saved is of late.
                Fade(kept < 1 && _day != int.MinValue ? Math.Pow(kept, Math.Clamp((long)day - _day, 1, 100)) : 1);
                (_day, _totalToday) = (day, 0);
                Array.Clear(_today);
            }

            if (day == _day)
            {
                _today[bin]++;
                _totalToday++;
            }

            _seen[bin]++;
            _total++;
            if (_total > Most)
            {
                Fade(0.5);
            }
        }
    }

    /// <summary>What is known now, to be merged into what the tables have.</summary>
    public LearnedHistogram Take()
    {
        lock (_lock)
        {
            _fadedSinceTaken = 1;
            return new LearnedHistogram([.. _seen], [.. _seen.Zip(_saved, (seen, saved) => seen - saved)], kept);
        }
    }

    /// <summary>Takes over what the tables have by now; what was learned since it was taken stays beside it.</summary>
    public void Adopt(double[] merged, double[] taken)
    {
        lock (_lock)
        {
            for (var i = 0; i < Bins; i++)
            {
                _seen[i] = Math.Max(0, _seen[i] + _fadedSinceTaken * (merged[i] - taken[i]));
                _saved[i] = _fadedSinceTaken * merged[i];
            }

            _total = _seen.Sum();
        }
    }

    /// <summary>Begins with what the tables have.</summary>
    public void Restore(double[] saved)
    {
        lock (_lock)
        {
            saved.CopyTo(_seen, 0);
            saved.CopyTo(_saved, 0);
            _total = _seen.Sum();
        }
    }

    private void Fade(double share)
    {
        for (var i = 0; i < Bins && share < 1; i++)
        {
            _seen[i] *= share;
            _saved[i] *= share;
        }

        _total *= share;
        _fadedSinceTaken *= share;
    }

    /// <summary>For a new kind: an increment on one device-day in ten, and each doubling of it a third rarer.</summary>
    private static double Stated(int bin) => bin == 0 ? 1 : Math.Pow(10, -1 - 0.15 * bin);

    private static double Count(double[] counts, int bin, bool orMore)
    {
        var (from, to) = orMore ? (bin, Bins - 1) : (0, bin);
        var count = 0.0;
        for (var i = from; i <= to; i++)
        {
            count += counts[i];
        }

        return count;
    }
}
