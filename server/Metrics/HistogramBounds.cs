using System.Diagnostics.Metrics;

namespace KtpGrpc.Server.Metrics;

/// <summary>The upper bounds of a histogram's buckets: what its maker advises, else by its unit; few, since each is a series.</summary>
internal static class HistogramBounds
{
    private static readonly double[] _seconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];
    private static readonly double[] _bytes = [256, 4096, 65_536, 1_048_576, 16_777_216];
    private static readonly double[] _numbers = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000];

    public static double[] Of(Instrument instrument) => Advised(instrument) ?? instrument.Unit switch
    {
        "s" => _seconds,
        "By" => _bytes,
        _ => _numbers,
    };

    private static double[]? Advised(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => null,
    };
}
