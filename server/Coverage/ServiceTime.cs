namespace KtpGrpc.Server.Coverage;

/// <summary>What a wait ends with.</summary>
internal enum ServiceEnd
{
    /// <summary>The first card that came out for the capture, whatever became of it.</summary>
    Printed = 1,

    /// <summary>In the citizen's hand.</summary>
    HandedOver = 2,

    /// <summary>The sealed packet: the capture itself, from its start.</summary>
    Captured = 3,
}

/// <summary>
/// Waits in buckets that grow by a tenth from one minute on: any of a bucket is told as its middle, so within 5 %. A hundred of them
/// reach a week, and whatever a citizen waits, a station's day is a few rows.
/// </summary>
internal static class WaitBuckets
{
    private const double Growth = 1.1;

    private static readonly TimeSpan _first = TimeSpan.FromMinutes(1);

    public static int Of(TimeSpan wait) => wait <= _first ? 0 : (int)Math.Floor(Math.Log(wait / _first) / Math.Log(Growth));

    public static TimeSpan Middle(int bucket) => _first * Math.Pow(Growth, bucket + 0.5);

    /// <summary>The wait that a share of all had at most; null of nobody.</summary>
    /// <param name="buckets">Ascending.</param>
    public static TimeSpan? Quantile(IReadOnlyList<(int Bucket, long Count)> buckets, double share)
    {
        var left = (long)Math.Ceiling(share * buckets.Sum(bucket => bucket.Count));
        foreach (var (bucket, count) in buckets)
        {
            left -= count;
            if (left <= 0)
            {
                return Middle(bucket);
            }
        }

        return null;
    }
}

/// <summary>A station's captures on some days.</summary>
/// <param name="OpenHours">From the hour of a day's first capture to that of its last, both included.</param>
internal readonly record struct Captures(long Count, long OpenHours)
{
    public double PerHour => OpenHours == 0 ? 0 : (double)Count / OpenHours;

    public static Captures operator +(Captures left, Captures right) => new(left.Count + right.Count, left.OpenHours + right.OpenHours);
}

/// <summary>How a station, or all of an office, served its citizens.</summary>
internal sealed record Service(Captures Captures, IReadOnlyList<(int Bucket, long Count)> Printed, IReadOnlyList<(int Bucket, long Count)> HandedOver, IReadOnlyList<(int Bucket, long Count)> Captured)
{
    public static readonly Service None = new(default, [], [], []);

    public static Service Sum(IReadOnlyCollection<Service> parts) => new(
        parts.Aggregate(default(Captures), (sum, part) => sum + part.Captures), Merge(parts.SelectMany(part => part.Printed)), Merge(parts.SelectMany(part => part.HandedOver)),
        Merge(parts.SelectMany(part => part.Captured)));

    private static List<(int Bucket, long Count)> Merge(IEnumerable<(int Bucket, long Count)> buckets) =>
        [.. buckets.GroupBy(bucket => bucket.Bucket).OrderBy(group => group.Key).Select(group => (group.Key, group.Sum(bucket => bucket.Count)))];
}
