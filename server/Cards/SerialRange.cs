using System.Text.Json.Serialization;

namespace KtpGrpc.Server.Cards;

/// <summary>Serials that follow each other, both ends included.</summary>
internal readonly record struct SerialRange(long First, long Last)
{
    /// <summary>Cards have numbers of at most 15 digits.</summary>
    public const long MostSerial = 999_999_999_999_999;

    [JsonIgnore]
    public long Count => Last - First + 1;

    public static SerialRange One(long serial) => new(serial, serial);

    /// <summary>The fewest ranges that hold these serials, which must rise.</summary>
    public static List<SerialRange> Of(IEnumerable<long> serials)
    {
        var ranges = new List<SerialRange>();
        foreach (var serial in serials)
        {
            if (ranges.Count > 0 && ranges[^1].Last + 1 == serial)
            {
                ranges[^1] = ranges[^1] with { Last = serial };
            }
            else
            {
                ranges.Add(One(serial));
            }
        }

        return ranges;
    }

    /// <summary>What of some ranges is in none of the others; both must rise and not overlap among themselves.</summary>
    public static List<SerialRange> Except(IReadOnlyList<SerialRange> ranges, IReadOnlyList<SerialRange> others)
    {
        var left = new List<SerialRange>();
        var next = 0;
        foreach (var (first, last) in ranges)
        {
            var from = first;
            for (; next < others.Count && others[next].Last < from; next++)
            {
            }

            for (var other = next; other < others.Count && others[other].First <= last; other++)
            {
                if (others[other].First > from)
                {
                    left.Add(new SerialRange(from, others[other].First - 1));
                }

                from = others[other].Last + 1;
            }

            if (from <= last)
            {
                left.Add(new SerialRange(from, last));
            }
        }

        return left;
    }

    public override string ToString() => First == Last ? $"{First}" : $"{First} to {Last}";
}
