using System.Text;

namespace KtpGrpc.Server.Metrics;

/// <summary>
/// The name of an instrument's family: underscores for whatever Prometheus does not take, the unit spelled out, and
/// <c>_total</c> for a counter (OpenTelemetry's "Prometheus and OpenMetrics compatibility").
/// </summary>
internal static class PrometheusName
{
    public static string Of(string instrument, string? unit, MetricType type)
    {
        var name = Clean(instrument);
        name = WithoutReserved(name, type);
        foreach (var word in UnitWords(unit, type))
        {
            name = name.EndsWith("_" + word, StringComparison.Ordinal) ? name : $"{name}_{word}";
        }

        return type == MetricType.Counter ? name + "_total" : name;
    }

    /// <summary>Endings that mean a part of another type: promtool refuses them on this one.</summary>
    private static string WithoutReserved(string name, MetricType type)
    {
        string[] reserved = type == MetricType.Counter ? ["_total"] : ["_total", "_count", "_sum", "_bucket"];
        return reserved.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.Ordinal)) is { } ending ? name[..^ending.Length] : name;
    }

    private static string[] UnitWords(string? unit, MetricType type) => unit switch
    {
        // A word in braces says what is counted; the name says it as well.
        null or "" or ['{', ..] => [],
        "1" => type == MetricType.Gauge ? ["ratio"] : [],
        _ when unit.IndexOf('/') is > 0 and var slash => [Word(unit[..slash]), "per", Word(unit[(slash + 1)..])],
        _ => [Word(unit)],
    };

    private static string Word(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "%" => "percent",
        "Cel" => "celsius",
        "V" => "volts",
        _ => Clean(unit),
    };

    private static string Clean(string text)
    {
        var name = new StringBuilder(text.Length + 1);
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                name.Append(letter);
            }
            else if (name.Length > 0 && name[^1] != '_')
            {
                name.Append('_');
            }
        }

        var clean = name.ToString().TrimEnd('_');
        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }
}
