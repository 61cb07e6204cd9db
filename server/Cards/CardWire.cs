using Google.Protobuf.WellKnownTypes;
using KtpGrpc.Server.Rpc;
using Wire = Ktp.Cards.V1;

namespace KtpGrpc.Server.Cards;

/// <summary>Cards as the wire has them.</summary>
internal static class CardWire
{
    private const int MostRanges = 1_000;

    public static long RequireSerial(long serial, string field = "serial") => Require.Within(serial, field, 1, SerialRange.MostSerial);

    /// <summary>Ranges in their order; refuses with INVALID_ARGUMENT those that overlap, and a count that is not theirs.</summary>
    public static List<SerialRange> RequireRanges(IReadOnlyCollection<Wire.SerialRange> ranges, string field, int least, long? counted)
    {
        Require.Within(ranges.Count, $"the number of ranges in {field}", least, MostRanges);
        var ordered = ranges
            .Select(range => new SerialRange(RequireSerial(range.First, field + ".first"), Require.Within(range.Last, field + ".last", range.First, SerialRange.MostSerial)))
            .OrderBy(range => range.First)
            .ToList();
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i].First <= ordered[i - 1].Last)
            {
                throw Refuse.Invalid($"{field} has serials {ordered[i - 1]} and {ordered[i]}, which overlap: name each card once.");
            }
        }

        var named = ordered.Sum(range => range.Count);
        return counted is { } count && count != named
            ? throw Refuse.Invalid($"counted is {count}, and {field} names {named} cards: a difference of {Math.Abs(count - named)}. Count again.")
            : ordered;
    }

    /// <summary>Serials in their order; refuses with INVALID_ARGUMENT one that comes twice.</summary>
    public static List<long> RequireSerials(IReadOnlyCollection<long> serials)
    {
        Require.Within(serials.Count, "the number of serials", 1, 10_000);
        var ordered = serials.Select(serial => RequireSerial(serial, "serials")).Order().ToList();
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i] == ordered[i - 1])
            {
                throw Refuse.Invalid($"Card {ordered[i]} is named twice: name each card once.");
            }
        }

        return ordered;
    }

    public static Wire.Card ToWire(Card card) => new()
    {
        Serial = card.Serial,
        OfficeCode = card.Office.Value,
        State = (Wire.CardState)card.State,
        StationId = card.Station?.Value ?? "",
        InvalidReason = (Wire.InvalidReason)(card.Reason ?? 0),
        IssuedElsewhere = card.IssuedElsewhere,
        TransferId = card.TransferId ?? "",
        DestructionId = card.DestructionId ?? "",
    };

    public static Wire.SerialRange ToWire(SerialRange range) => new() { First = range.First, Last = range.Last };

    public static Wire.Transfer ToWire(Transfer transfer) => new()
    {
        TransferId = transfer.Id,
        FromOfficeCode = transfer.From.Value,
        ToOfficeCode = transfer.To.Value,
        Serials = { transfer.Serials.Select(ToWire) },
        Count = (int)transfer.Serials.Sum(range => range.Count),
        Document = transfer.Document,
        SentAt = transfer.SentAt.ToTimestamp(),
        ReceivedAt = transfer.ReceivedAt?.ToTimestamp(),
        Arrived = (int)transfer.Arrived,
    };

    public static Wire.Suket ToWire(Suket suket, DateTimeOffset now) => new()
    {
        Number = suket.Number,
        OfficeCode = suket.Office.Value,
        State = suket.ReplacedAt is not null ? Wire.SuketState.Replaced : suket.IsValid(now) ? Wire.SuketState.Valid : Wire.SuketState.Expired,
        Cause = (Wire.SuketCause)suket.Cause,
        IssuedAt = suket.IssuedAt.ToTimestamp(),
        ValidUntil = suket.ValidUntil.ToTimestamp(),
    };

    public static Wire.Balance ToWire(RegionCode office, Balance balance) => new()
    {
        OfficeCode = office.Value,
        Received = balance.Received,
        Vault = balance.Vault,
        Hopper = balance.Hopper,
        Consuming = balance.Consuming,
        Issued = balance.Issued,
        Spoiled = balance.Spoiled,
        Custody = balance.Custody,
        Listed = balance.Listed,
        Destroyed = balance.Destroyed,
        Missing = balance.Missing,
        TransferredIn = balance.TransferredIn,
        TransferredOut = balance.TransferredOut,
        IssuedElsewhere = balance.IssuedElsewhere,
    };
}
