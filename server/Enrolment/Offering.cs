using KtpGrpc.Server.Citizens;

namespace KtpGrpc.Server.Enrolment;

/// <summary>What becomes of an offer; decided by what is known of its packet id.</summary>
internal abstract record Offering
{
    /// <summary>A packet of 10 fingers, 2 irises, a face and a signature has some 1 to 2 MB; 16 MiB leaves room for raw images.</summary>
    public const long MostBytes = 16 * 1024 * 1024;

    /// <summary>Four hours: whoever takes longer left the desk in between.</summary>
    public const long MostCaptureSeconds = 4 * 3600;

    private Offering()
    {
    }

    /// <summary>It is here: the receipt answers, and nothing is taken a second time.</summary>
    internal sealed record Duplicate(Packet Packet) : Offering;

    /// <summary>The id stands for another packet.</summary>
    internal sealed record Conflict : Offering;

    /// <summary>The station left too many packets half sent.</summary>
    internal sealed record TooMany : Offering;

    /// <summary>It was announced before: what is here of it counts.</summary>
    internal sealed record Continued(PacketOffer Offer) : Offering;

    internal sealed record New(PacketOffer Offer) : Offering;

    /// <param name="received">The packet of this id, where it is here.</param>
    /// <param name="open">The offer of this id, where one is open.</param>
    /// <param name="openOfStation">How many offers of the station are open.</param>
    public static Offering Decide(Packet? received, PacketOffer? open, long openOfStation, PacketSeal seal, ProtectedCitizen citizen, DateTimeOffset now, int mostOpen)
    {
        if ((received?.Seal ?? open?.Seal) is { } known && !known.IsSameAs(seal))
        {
            return new Conflict();
        }

        if (received is not null)
        {
            return new Duplicate(received);
        }

        if (open is not null)
        {
            return new Continued(open with { OfferedAt = now });
        }

        return openOfStation >= mostOpen ? new TooMany() : new New(new PacketOffer(seal, citizen, FileOf(seal, now), now));
    }

    /// <summary>A folder per district and month keeps folders at some thousands of files; no name holds a citizen.</summary>
    private static string FileOf(PacketSeal seal, DateTimeOffset now) => $"{seal.Region}/{now.UtcDateTime:yyyy-MM}/{seal.Id}.cms";
}
