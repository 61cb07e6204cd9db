namespace KtpGrpc.Server.Health.Detectors;

/// <summary>What a counter counts, and so which way it is strange.</summary>
internal enum CounterSort : byte
{
    /// <summary>Failures, retries, lost uplinks: strange where there are more than the model shows.</summary>
    Trouble,

    /// <summary>Captures, prints, hours: strange where it stands still while those of the model go on.</summary>
    Use,
}

/// <summary>What is usual of one counter for one model, learned from every device-day of it; one for the whole fleet.</summary>
/// <param name="name">In words, for the evidence: encode failures.</param>
/// <param name="device">In words: printer.</param>
/// <param name="kind">The baseline of all models of the kind; null for the kind's own.</param>
internal sealed class SurpriseBaseline(string name, string device, CounterSort sort, SurpriseBaseline? kind = null)
{
    /// <summary>No single counter speaks louder than one in 100,000: nobody has seen more device-days than that.</summary>
    public const double Loudest = 5;

    /// <summary>A sum of increments below it is forgotten: one increment, after eight days.</summary>
    public const double LeastSum = 0.25;

    /// <summary>Totals rise as a fleet grows old: a device is compared with those of the last weeks, and not with what all were when young.</summary>
    private const double KeepTotals = 0.95;

    private readonly OctaveHistogram _sums = new(LeastSum, kind?._sums);
    private readonly OctaveHistogram _totals = new(1, kind?._totals, KeepTotals);
    private readonly OctaveHistogram _days = new(1, kind?._days);

    public string Name => name;

    public string Device => device;

    public CounterSort Sort => sort;

    /// <summary>How rare it is that the increments of the last days (fading by the day) sum up to so many, as −log10.</summary>
    public double OfSum(double sum, int day) => Rarity(_sums, sum, true, day);

    /// <summary>The sum that every second device-day of the model has not gone beyond, by its octave.</summary>
    public double MedianSum => _sums.Median;

    /// <summary>Device-days that totals are compared with; those of weeks ago count for little.</summary>
    public double RecentDays => _totals.Days;

    /// <summary>How rare it is that a device has counted so many in its life.</summary>
    public double OfTotal(double total, int day) => Rarity(_totals, total, true, day);

    /// <summary>How rare it is that so few come in one day.</summary>
    public double OfDay(double increments, int day) => Rarity(_days, increments, false, day);

    /// <summary>Sums and totals of the same octaves are as rare as each other.</summary>
    public (byte Sum, byte Total) Octaves(double sum, double total) => ((byte)_sums.Bin(sum), (byte)_totals.Bin(total));

    /// <summary>Takes a device-day that is over.</summary>
    public void Learn(double sum, double total, double increments, int day)
    {
        if (sort == CounterSort.Trouble)
        {
            _sums.Learn(_sums.Bin(sum), day);
            _totals.Learn(_totals.Bin(total), day);
        }
        else
        {
            _days.Learn(_days.Bin(increments), day);
        }
    }

    /// <summary>Of sums, of totals, of days.</summary>
    public IReadOnlyList<OctaveHistogram> Histograms => [_sums, _totals, _days];

    private static double Rarity(OctaveHistogram usual, double value, bool orMore, int day)
    {
        var bin = usual.Bin(value);
        return orMore && bin == 0 ? 0 : Math.Clamp(-Math.Log10(usual.Chance(bin, orMore, day)), 0, Loudest);
    }
}
