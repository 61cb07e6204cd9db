using System.Globalization;
using Ktp.Cards.V1;

namespace KtpGrpc.Ctl;

/// <summary>
/// Serials as people give them: in arguments, or in a file with one serial or range a line (17 or 17-30), comments after #, lines
/// ended as Windows or as Unix does. A card that is named twice is refused with both places.
/// </summary>
internal static class Serials
{
    private const long Highest = 999_999_999_999_999;

    /// <summary>As many as a command may name, so that a slip of the finger does not fill the memory.</summary>
    private const long Most = 10_000_000;

    public static async Task<List<SerialRange>> ReadAsync(IEnumerable<string> arguments, string? file, TextReader input, CancellationToken cancellation)
    {
        var named = new List<(SerialRange Range, string Place)>();
        foreach (var (text, i) in arguments.Select((text, i) => (text, i)))
        {
            named.Add((Parse(text, $"argument {i + 1}"), $"argument {i + 1}"));
        }

        if (file is not null)
        {
            var text = file == "-" ? await input.ReadToEndAsync(cancellation) : await ReadAsync(file, cancellation);
            foreach (var (line, i) in text.Split('\n').Select((line, i) => (line, i)))
            {
                if (line.Split('#')[0].Trim().Trim('\uFEFF') is { Length: > 0 } range)
                {
                    named.Add((Parse(range, $"line {i + 1}"), $"line {i + 1}"));
                }
            }
        }

        return Ordered(named);
    }

    /// <summary>Each serial by itself, rising.</summary>
    public static IEnumerable<long> Each(IEnumerable<SerialRange> ranges)
    {
        foreach (var range in ranges)
        {
            for (var serial = range.First; serial <= range.Last; serial++)
            {
                yield return serial;
            }
        }
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellation) => File.Exists(file)
        ? await File.ReadAllTextAsync(file, cancellation)
        : throw new UsageException($"There is no file {file}: --file wants one serial or range a line, or - for what is piped in.");

    private static List<SerialRange> Ordered(List<(SerialRange Range, string Place)> named)
    {
        var ordered = named.OrderBy(range => range.Range.First).ToList();
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i].Range.First <= ordered[i - 1].Range.Last)
            {
                throw new UsageException($"Card {ordered[i].Range.First} is named twice, in {ordered[i - 1].Place} and in {ordered[i].Place}: name each card once.");
            }
        }

        var cards = ordered.Sum(range => range.Range.Last - range.Range.First + 1);
        return cards switch
        {
            0 => throw new UsageException("No card is named: give serials or ranges (17 or 17-30), or --file."),
            > Most => throw new UsageException($"{cards} cards are named, more than {Most}: is a range mistyped?"),
            _ => Merged(ordered.Select(range => range.Range)),
        };
    }

    private static List<SerialRange> Merged(IEnumerable<SerialRange> ordered)
    {
        var merged = new List<SerialRange>();
        foreach (var range in ordered)
        {
            if (merged.Count > 0 && merged[^1].Last + 1 == range.First)
            {
                merged[^1].Last = range.Last;
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged;
    }

    private static SerialRange Parse(string text, string place)
    {
        var parts = text.Split('-', 2, StringSplitOptions.TrimEntries);
        return Number(parts[0]) is { } first && Number(parts[^1]) is { } last && first <= last
            ? new SerialRange { First = first, Last = last }
            : throw new UsageException($"'{text}' in {place} is no serial and no range: expected 17 or 17-30, of 1 to {Highest}.");
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Highest ? number : null;
}
