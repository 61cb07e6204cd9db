using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Enrolment;

/// <summary>What is written down of packets: the offers that are open, the packets that are here.</summary>
internal sealed class PacketBook(Database database, JournalWriter journal, ServerCertificate certificate, DomainClock clock)
{
    private const int SweptAtOnce = 1000;

    /// <summary>Writes an offer down, or finds out that none is needed.</summary>
    public Task<Offering> OfferAsync(PacketSeal seal, ProtectedCitizen citizen, int mostOpen, CancellationToken cancellation)
    {
        var now = clock.Now;
        return database.WriteAsync(async tx =>
        {
            var open = await EnrolmentStore.LockOfferAsync(tx, seal.Id);
            var received = await EnrolmentStore.FindAsync(tx, seal.Id);
            var others = open is null && received is null ? await EnrolmentStore.CountOffersAsync(tx, seal.Station) : 0;
            var offering = Offering.Decide(received, open, others, seal, citizen, now, mostOpen);
            await (offering switch
            {
                Offering.Duplicate => EnrolmentStore.CountDuplicateAsync(tx, seal.Region),
                Offering.New made => EnrolmentStore.AddOfferAsync(tx, made.Offer),
                Offering.Continued continued => EnrolmentStore.TouchOfferAsync(tx, continued.Offer),
                _ => ValueTask.FromResult(0),
            });
            return offering;
        }, cancellation);
    }

    public Task<(Packet? Packet, PacketOffer? Offer)> FindAsync(PacketId id, CancellationToken cancellation) => database.ReadAsync(
        async tx => (await EnrolmentStore.FindAsync(tx, id), await EnrolmentStore.FindOfferAsync(tx, id)), cancellation);

    /// <summary>
    /// Makes a packet received, with its receipt; its file is durable already. Takes no token: who has sent everything is
    /// owed a receipt, also when his line breaks now.
    /// </summary>
    /// <param name="isKept">Whether the file is in its place; asked while no other server can take it from there.</param>
    public Task<Packet> ReceiveAsync(PacketOffer offer, Func<bool> isKept)
    {
        var (seal, now) = (offer.Seal, clock.Now);
        var signature = certificate.Sign(Receipt.Line(seal, now));
        return database.WriteAsync(async tx =>
        {
            var open = await EnrolmentStore.LockOfferAsync(tx, seal.Id);
            if (await EnrolmentStore.FindAsync(tx, seal.Id) is { } known)
            {
                // Another server was faster; its receipt holds.
                return known;
            }

            if (open is null || !isKept())
            {
                throw PacketClaims.TakenOver();
            }

            var citizen = await CitizenRegister.FindOrAddAsync(tx, offer.Citizen);
            await journal.AcceptAsync(tx, now, "station:" + seal.Station, new PacketReceived(
                seal.Id.Value, seal.Station.Value, seal.Region.Value, citizen.Value, seal.Sha256, seal.Length, seal.CapturedAt, offer.File, signature, seal.Village?.Value, seal.CaptureSeconds));
            await EnrolmentStore.DeleteOfferAsync(tx, seal.Id);
            return new Packet(seal, now, signature);
        }, CancellationToken.None);
    }

    /// <summary>Does something with a packet's files while its offer is open and nobody can receive it; false, and nothing, where it is not.</summary>
    /// <param name="work">May be done twice.</param>
    public Task<bool> WhileOpenAsync(PacketId id, Action work, CancellationToken cancellation) => database.WriteAsync(async tx =>
    {
        if (await EnrolmentStore.LockOfferAsync(tx, id) is null || await EnrolmentStore.FindAsync(tx, id) is not null)
        {
            return false;
        }

        work();
        return true;
    }, cancellation);

    /// <summary>Where a received packet lies; null where it was not received.</summary>
    public Task<string?> FindFileAsync(PacketId id, CancellationToken cancellation) => database.ReadAsync(tx => EnrolmentStore.FindFileAsync(tx, id), cancellation);

    /// <summary>Offers that were last made before a moment.</summary>
    public Task<List<PacketOffer>> ListAbandonedAsync(DateTimeOffset before, CancellationToken cancellation) =>
        database.ReadAsync(tx => EnrolmentStore.ListOffersBeforeAsync(tx, before, SweptAtOnce), cancellation);

    /// <summary>Forgets an offer, unless it was made again or kept meanwhile.</summary>
    public Task<bool> ForgetAsync(PacketId id, DateTimeOffset before, CancellationToken cancellation) => database.WriteAsync(
        async tx => await EnrolmentStore.LockOfferAsync(tx, id) is { } offer && offer.OfferedAt < before && await EnrolmentStore.DeleteOfferAsync(tx, id) > 0, cancellation);
}
