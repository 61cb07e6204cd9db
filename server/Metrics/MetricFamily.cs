using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace KtpGrpc.Server.Metrics;

/// <summary>All series of one name. What an instrument measures is added up here until the page is asked for.</summary>
internal sealed class MetricFamily
{
    /// <summary>Series beyond this many share one, so that a label gone wild costs neither memory nor the scraper.</summary>
    public const int MostSeries = 1000;

    private const string Overflow = "otel_metric_overflow=\"true\"";

    private readonly string _help;
    private readonly byte[] _name;
    private readonly double[] _bounds;
    private readonly byte[][] _boundLabels;
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetricSeries>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public MetricFamily(string name, MetricType type, string help, double[] bounds)
    {
        Name = name;
        Type = type;
        _help = help;
        _name = Encoding.UTF8.GetBytes(name);
        _bounds = bounds;
        _boundLabels = [.. bounds.Append(double.PositiveInfinity).Select(BoundLabel)];
        _bySpan = _series.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Name { get; }

    public MetricType Type { get; }

    /// <summary>The series of these labels; found again without an allocation.</summary>
    public MetricSeries Of(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        Span<char> text = stackalloc char[512];
        ReadOnlySpan<char> key = LabelText.TryWrite(labels, text, out var length) ? text[..length] : Overflow.AsSpan();
        if (_bySpan.TryGetValue(key, out var series))
        {
            return series;
        }

        var name = _series.Count < MostSeries ? key.ToString() : Overflow;
        return _series.GetOrAdd(name, static (labels, bounds) => new MetricSeries(Encoding.UTF8.GetBytes(labels), bounds), _bounds);
    }

    /// <param name="round">The reading of the observed instruments: a series that it did not see is over, and left out.</param>
    public void WriteTo(PrometheusWriter writer, long round)
    {
        var opened = false;
        foreach (var (_, series) in _series)
        {
            if (series.Round < round)
            {
                continue;
            }

            if (!opened)
            {
                writer.Family(_name, Type, _help);
                opened = true;
            }

            series.WriteTo(writer, _name, _boundLabels);
        }
    }

    private static byte[] BoundLabel(double bound)
    {
        Span<byte> number = stackalloc byte[32];
        return LabelText.Of(new KeyValuePair<string, object?>("le", Encoding.UTF8.GetString(number[..PrometheusWriter.Number(bound, number)])));
    }
}
