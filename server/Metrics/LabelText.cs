using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KtpGrpc.Server.Metrics;

/// <summary>
/// The labels of a series as they stand between its braces: names made fit for Prometheus and in their order, values
/// escaped. Equal labels are equal texts, whatever order they came in.
/// </summary>
internal static class LabelText
{
    /// <summary>A value of an enum as labels have it: one_kit_left.</summary>
    public static string WordOf<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Makes labels once, for a series that is written often.</summary>
    public static byte[] Of(params ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        for (var size = 256; ; size *= 2)
        {
            var text = new char[size];
            if (TryWrite(labels, text, out var length))
            {
                return Encoding.UTF8.GetBytes(text, 0, length);
            }
        }
    }

    /// <summary>False where the space is too small.</summary>
    public static bool TryWrite(ReadOnlySpan<KeyValuePair<string, object?>> labels, Span<char> into, out int length)
    {
        length = 0;
        Span<int> order = stackalloc int[labels.Length];
        Sort(labels, order);
        foreach (var i in order)
        {
            if (length > 0 && !TryPut(into, ',', ref length))
            {
                return false;
            }

            if (!TryWriteName(labels[i].Key, into, ref length) || !TryPut(into, '=', ref length) || !TryPut(into, '"', ref length)
                || !TryWriteValue(labels[i].Value, into, ref length) || !TryPut(into, '"', ref length))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Insertion sort: labels are few, and mostly sorted.</summary>
    private static void Sort(ReadOnlySpan<KeyValuePair<string, object?>> labels, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var place = i;
            for (; place > 0 && string.CompareOrdinal(labels[order[place - 1]].Key, labels[i].Key) > 0; place--)
            {
                order[place] = order[place - 1];
            }

            order[place] = i;
        }
    }

    private static bool TryWriteName(string name, Span<char> into, ref int length)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            if (!TryPut(into, '_', ref length))
            {
                return false;
            }
        }

        foreach (var letter in name)
        {
            if (!TryPut(into, char.IsAsciiLetterOrDigit(letter) ? letter : '_', ref length))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryWriteValue(object? value, Span<char> into, ref int length)
    {
        if (value is ISpanFormattable number and not Enum)
        {
            var done = number.TryFormat(into[length..], out var written, default, CultureInfo.InvariantCulture);
            length += written;
            return done;
        }

        foreach (var letter in value switch { null => "", string text => text, true => "true", false => "false", _ => value.ToString() ?? "" })
        {
            var escaped = letter is '\\' or '"' or '\n';
            if ((escaped && !TryPut(into, '\\', ref length)) || !TryPut(into, letter == '\n' ? 'n' : letter, ref length))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryPut(Span<char> into, char letter, ref int length)
    {
        if (length == into.Length)
        {
            return false;
        }

        into[length++] = letter;
        return true;
    }
}
