namespace KtpGrpc.Server.Metrics;

/// <summary>One series: a number, or the buckets of a histogram.</summary>
internal sealed class MetricSeries(byte[] labels, double[] bounds)
{
    private readonly Lock _turn = new();
    private readonly long[] _counts = bounds.Length > 0 ? new long[bounds.Length + 1] : [];
    private double _value;

    /// <summary>The last reading that saw it; a series that is not read but told stays for ever.</summary>
    public long Round { get; private set; } = long.MaxValue;

    public void Add(double value)
    {
        lock (_turn)
        {
            _value += value;
        }
    }

    public void Set(double value)
    {
        lock (_turn)
        {
            _value = value;
        }
    }

    public void Observe(double value, long round)
    {
        lock (_turn)
        {
            _value = value;
            Round = round;
        }
    }

    public void Count(double value)
    {
        var bucket = Array.BinarySearch(bounds, value);
        lock (_turn)
        {
            _counts[bucket < 0 ? ~bucket : bucket]++;
            _value += value;
        }
    }

    public void WriteTo(PrometheusWriter writer, ReadOnlySpan<byte> name, byte[][] boundLabels)
    {
        lock (_turn)
        {
            if (_counts.Length == 0)
            {
                writer.Sample(name, labels, _value);
                return;
            }

            var count = 0L;
            for (var i = 0; i < _counts.Length; i++)
            {
                count += _counts[i];
                writer.Sample(name, "_bucket"u8, labels, boundLabels[i], count);
            }

            writer.Sample(name, "_sum"u8, labels, [], _value);
            writer.Sample(name, "_count"u8, labels, [], count);
        }
    }
}
