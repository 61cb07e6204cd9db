using System.Text.Json.Serialization;

namespace KtpGrpc.Server.Cards;

/// <summary>Serials that follow each other, both ends included.</summary>
internal readonly record struct SerialRange(long First, long Last)
{
    [JsonIgnore]
    public long Count => Last - First + 1;

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
                ranges.Add(new SerialRange(serial, serial));
            }
        }

        return ranges;
    }
}
