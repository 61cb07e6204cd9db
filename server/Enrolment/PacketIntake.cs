using Grpc.Core;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Enrolment;

/// <summary>
/// Takes packets in. The order is the promise: bytes flushed, name flushed, row and fact in one commit, and only then a
/// receipt. A crash anywhere before it leaves a file whose length says where to go on.
/// </summary>
internal sealed class PacketIntake(PacketBook book, PacketFiles files, PacketClaims claims, EnrolmentOptions options, EnrolmentInstruments instruments)
{
    /// <summary>Answers with the packet where it is here, else with the byte it is wanted from. An upload of it that still runs is ended.</summary>
    public async Task<(Packet? Packet, long WantedFrom)> OfferAsync(PacketSeal seal, ProtectedCitizen citizen, CancellationToken cancellation)
    {
        switch (await book.OfferAsync(seal, citizen, options.MostOffersOfStation, cancellation))
        {
            case Offering.Duplicate duplicate:
                instruments.Duplicate();
                return (duplicate.Packet, 0);
            case Offering.Conflict:
                throw Refuse.Exists($"packet_id {seal.Id} was used for another packet: of another station, hash or length.");
            case Offering.TooMany:
                throw Refuse.Because(StatusCode.ResourceExhausted, $"Station {seal.Station} has {options.MostOffersOfStation} packets announced and not sent: send them first.");
            default:
                return await HoldAsync(seal.Id, seal.Station, () => { }, async (packet, offer) =>
                    packet is not null || offer is null ? (packet, 0) : await GoOnAsync(offer, cancellation), cancellation);
        }
    }

    /// <summary>
    /// Does something with a packet that nobody else does anything with meanwhile, as it is then. Looked up under the claim:
    /// an offer from before it may have become a packet, whose file must not be touched any more.
    /// </summary>
    public async Task<T> HoldAsync<T>(PacketId id, StationId station, Action giveUp, Func<Packet?, PacketOffer?, Task<T>> work, CancellationToken cancellation)
    {
        using var claim = await claims.TakeOverAsync(id, station, giveUp, cancellation);
        var (packet, offer) = await book.FindAsync(id, cancellation);
        return await work(packet, offer);
    }

    /// <summary>Opens what is here of a packet, for more. ABORTED where another server has received it meanwhile.</summary>
    public async Task<PartialPacket> OpenAsync(PacketOffer offer, CancellationToken cancellation)
    {
        if (files.IsKept(offer) && !await book.WhileOpenAsync(offer.Seal.Id, () => files.TakeBack(offer), cancellation))
        {
            throw PacketClaims.TakenOver();
        }

        return files.Open(offer);
    }

    /// <summary>
    /// Receives a packet whose bytes are all here. Null, and everything thrown away, where they are not those that were
    /// sealed. The caller holds the packet.
    /// </summary>
    public async Task<Packet?> ReceiveAsync(PacketOffer offer, PartialPacket partial)
    {
        var isIntact = partial.HasItsHash();
        try
        {
            if (isIntact)
            {
                partial.Flush();
            }
        }
        catch (IOException)
        {
            // After a failed flush nobody knows which bytes the disk has.
            files.Discard(offer.Seal.Id);
            throw;
        }
        finally
        {
            partial.Dispose();
        }

        if (!isIntact)
        {
            files.Discard(offer.Seal.Id);
            return null;
        }

        files.Keep(offer);
        var packet = await book.ReceiveAsync(offer, () => files.IsKept(offer));
        instruments.Received(offer.Seal.Length);
        return packet;
    }

    /// <summary>Forgets what was announced and abandoned, and clears incoming files that no offer explains.</summary>
    public async Task SweepAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var before = now - options.OfferLife;
        foreach (var offer in await book.ListAbandonedAsync(before, cancellation))
        {
            using var claim = claims.TryClaim(offer.Seal.Id);
            if (claim is not null && await book.ForgetAsync(offer.Seal.Id, before, cancellation))
            {
                files.Discard(offer);
            }
        }

        foreach (var id in files.ListIncoming())
        {
            using var claim = claims.TryClaim(id);
            if (claim is null)
            {
                continue;
            }

            switch (await book.FindAsync(id, cancellation))
            {
                case ({ } packet, _) when await book.FindFileAsync(id, cancellation) is { } file:
                    files.PutBack(packet.Seal, file);
                    break;
                case (null, null):
                    files.Discard(id);
                    break;
            }
        }
    }

    /// <summary>What is here may be everything: the last chunk came, and then one side died.</summary>
    private async Task<(Packet? Packet, long WantedFrom)> GoOnAsync(PacketOffer offer, CancellationToken cancellation)
    {
        if (!files.IsKept(offer) && files.LengthOf(offer) is var here && here < offer.Seal.Length)
        {
            return (null, here);
        }

        using var partial = await OpenAsync(offer, cancellation);
        if (!partial.IsWhole)
        {
            return (null, partial.Length);
        }

        return (await ReceiveAsync(offer, partial), 0);
    }
}
