using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// What a printer's own counter of picked cards can be by our books: an attempt of which nobody knows yet may have picked one.
/// </summary>
internal readonly record struct PickedCards(ulong Least, ulong Most)
{
    /// <summary>After a START with the counter there.</summary>
    public static PickedCards Started(ulong before) => new(before, before == ulong.MaxValue ? before : before + 1);

    /// <summary>After the attempt was reported: exactly one number, of those that one card can have made of it.</summary>
    public static PickedCards Settled(ulong before, ulong after)
    {
        var (least, most) = Started(before);
        var picked = Math.Clamp(after, least, most);
        return new PickedCards(picked, picked);
    }

    /// <summary>What a counter that was read before a START tells beyond our books; null where it fits.</summary>
    /// <param name="known">What is known of this printer at this station; null for one that never started here.</param>
    public static PrinterFact? Check(PrinterCount? known, StationId station, string printerSerial, ulong read) => known?.Picked switch
    {
        { } picked when read < picked.Least => new CounterWentBack(station.Value, station.Region.Value, printerSerial, picked.Least, read),
        { } picked when read > picked.Most => new PicksUnexplained(
            station.Value, station.Region.Value, printerSerial, (long)Math.Min(read - picked.Most, MostTold)),
        _ => null,
    };

    /// <summary>A counter that jumps further is no counter: the sum of such jumps must stay a number.</summary>
    private const ulong MostTold = 1_000_000_000;
}
