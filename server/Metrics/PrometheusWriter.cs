using System.Buffers;
using System.Globalization;
using System.Text;

namespace KtpGrpc.Server.Metrics;

/// <summary>
/// Writes Prometheus' text format 0.0.4 straight into a buffer of bytes. Names and labels come as UTF-8 that was made
/// once (<see cref="LabelText"/>), so that a page of many series allocates nothing.
/// </summary>
internal readonly struct PrometheusWriter(IBufferWriter<byte> output)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The longest double is 24 characters.</summary>
    private const int NumberSize = 32;

    /// <summary>Beyond it a double does not hold every whole number.</summary>
    private const double MostWhole = 1L << 53;

    private const long Thousand = 1000;

    /// <summary>Opens a family; all of its samples follow before the next one opens.</summary>
    public void Family(ReadOnlySpan<byte> name, MetricType type, string help)
    {
        Write("# HELP "u8);
        Write(name);
        Write(" "u8);
        WriteHelp(help);
        Write("\n# TYPE "u8);
        Write(name);
        Write(type switch
        {
            MetricType.Counter => " counter\n"u8,
            MetricType.Gauge => " gauge\n"u8,
            _ => " histogram\n"u8,
        });
    }

    /// <param name="labels">As <see cref="LabelText"/> makes them, without braces; may be empty.</param>
    public void Sample(ReadOnlySpan<byte> name, ReadOnlySpan<byte> labels, double value) => Sample(name, [], labels, [], value);

    /// <param name="suffix">What follows the family's name: <c>_bucket</c>.</param>
    /// <param name="more">Labels of this sample beside those it shares with others.</param>
    public void Sample(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> more, double value)
    {
        var line = output.GetSpan(name.Length + suffix.Length + labels.Length + more.Length + NumberSize + "{,} \n".Length);
        var length = 0;
        Put(line, name, ref length);
        Put(line, suffix, ref length);
        if (labels.Length + more.Length > 0)
        {
            Put(line, "{"u8, ref length);
            Put(line, labels, ref length);
            Put(line, labels.Length > 0 && more.Length > 0 ? ","u8 : [], ref length);
            Put(line, more, ref length);
            Put(line, "}"u8, ref length);
        }

        Put(line, " "u8, ref length);
        length += Number(value, line[length..]);
        Put(line, "\n"u8, ref length);
        output.Advance(length);
    }

    /// <summary>Writes a number as Prometheus reads it; gives its length.</summary>
    public static int Number(double value, Span<byte> into)
    {
        if (double.IsInfinity(value))
        {
            ReadOnlySpan<byte> text = value > 0 ? "+Inf"u8 : "-Inf"u8;
            text.CopyTo(into);
            return text.Length;
        }

        if (TryThousandths(value, into, out var decimals))
        {
            return decimals;
        }

        var done = double.IsInteger(value) && Math.Abs(value) <= MostWhole
            ? ((long)value).TryFormat(into, out var length, default, CultureInfo.InvariantCulture)
            : value.TryFormat(into, out length, default, CultureInfo.InvariantCulture);
        return done ? length : throw new ArgumentException("The space is too small for a number.", nameof(into));
    }

    /// <summary>
    /// Most measurements have at most three decimals, and these are written in a tenth of the time that finding the shortest
    /// number takes: what reads back as the same double is as exact as that.
    /// </summary>
    private static bool TryThousandths(double value, Span<byte> into, out int length)
    {
        length = 0;
        var thousandths = Math.Round(value * Thousand);
        if (!(Math.Abs(thousandths) <= MostWhole) || thousandths / Thousand != value)
        {
            return false;
        }

        var (whole, rest) = Math.DivRem((long)Math.Abs(thousandths), Thousand);
        if (thousandths < 0)
        {
            into[length++] = (byte)'-';
        }

        if (!whole.TryFormat(into[length..], out var digits, default, CultureInfo.InvariantCulture))
        {
            return false;
        }

        length += digits;
        if (rest > 0)
        {
            into[length++] = (byte)'.';
            for (var place = Thousand / 10; rest > 0; place /= 10)
            {
                (var digit, rest) = Math.DivRem(rest, place);
                into[length++] = (byte)('0' + digit);
            }
        }

        return true;
    }

    private void WriteHelp(string help)
    {
        var escaped = help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        output.Advance(Encoding.UTF8.GetBytes(escaped, output.GetSpan(Encoding.UTF8.GetMaxByteCount(escaped.Length))));
    }

    private void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    private static void Put(Span<byte> line, ReadOnlySpan<byte> bytes, ref int length)
    {
        bytes.CopyTo(line[length..]);
        length += bytes.Length;
    }
}
