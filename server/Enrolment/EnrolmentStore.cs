using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Enrolment;

/// <summary>The SQL of packets and offers. Packets and their totals are changed by facts; offers and refusals are no facts.</summary>
internal static class EnrolmentStore
{
    private const string SealColumns = "packet_id, station_id, sha256, length, captured_at, village, capture_seconds";
    private const string PacketColumns = SealColumns + ", received_at, signature";
    private const string OfferColumns = SealColumns + ", nik_hash, person, file, offered_at";

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("packets", "packet_totals");
        catalog.Add(PacketReceived.Kind, EnrolmentJson.Default.PacketReceived, ApplyAsync);
    }

    public static ValueTask<Packet?> FindAsync(Tx tx, PacketId id) =>
        tx.FirstAsync($"SELECT {PacketColumns} FROM packets WHERE packet_id = $1", ReadPacket, id.Value);

    public static ValueTask<string?> FindFileAsync(Tx tx, PacketId id) =>
        tx.FirstAsync("SELECT file FROM packets WHERE packet_id = $1", row => row.GetString(0), id.Value);

    public static ValueTask<PacketOffer?> FindOfferAsync(Tx tx, PacketId id) =>
        tx.FirstAsync($"SELECT {OfferColumns} FROM packet_offers WHERE packet_id = $1", ReadOffer, id.Value);

    public static ValueTask<PacketOffer?> LockOfferAsync(Tx tx, PacketId id) =>
        tx.FirstAsync($"SELECT {OfferColumns} FROM packet_offers WHERE packet_id = $1 {tx.Dialect.ForUpdate}", ReadOffer, id.Value);

    public static ValueTask<long> CountOffersAsync(Tx tx, StationId station) =>
        tx.NumberAsync("SELECT COUNT(*) FROM packet_offers WHERE station_id = $1", station.Value);

    public static ValueTask<int> AddOfferAsync(Tx tx, PacketOffer offer) => tx.ExecuteAsync(
        $"INSERT INTO packet_offers ({OfferColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        offer.Seal.Id.Value, offer.Seal.Station.Value, offer.Seal.Sha256, offer.Seal.Length, offer.Seal.CapturedAt, offer.Seal.Village?.Value, offer.Seal.CaptureSeconds,
        offer.Citizen.NikHash, offer.Citizen.Person, offer.File, offer.OfferedAt);

    public static ValueTask<int> TouchOfferAsync(Tx tx, PacketOffer offer) =>
        tx.ExecuteAsync("UPDATE packet_offers SET offered_at = $1 WHERE packet_id = $2", offer.OfferedAt, offer.Seal.Id.Value);

    public static ValueTask<int> DeleteOfferAsync(Tx tx, PacketId id) => tx.ExecuteAsync("DELETE FROM packet_offers WHERE packet_id = $1", id.Value);

    public static ValueTask<List<PacketOffer>> ListOffersBeforeAsync(Tx tx, DateTimeOffset moment, int limit) => tx.ListAsync(
        $"SELECT {OfferColumns} FROM packet_offers WHERE offered_at < $1 ORDER BY offered_at LIMIT $2", ReadOffer, moment, limit);

    public static ValueTask<int> CountDuplicateAsync(Tx tx, RegionCode region) => tx.ExecuteAsync(
        "INSERT INTO packet_duplicates (region, refused) VALUES ($1, 1) ON CONFLICT (region) DO UPDATE SET refused = packet_duplicates.refused + 1", region.Value);

    /// <summary>The packets of a region, oldest first, after a key.</summary>
    public static ValueTask<List<Packet>> ListAsync(Tx tx, RegionCode region, PacketKey after, int limit)
    {
        // "= TRUE" hides the range from SQLite, which would else sort a whole province to show its first page.
        var lies = region.Depth switch
        {
            2 => "substr(region, 1, 5) = $1 AND $2 <> ''",
            3 => "region = $1 AND $2 <> ''",
            _ => "(region >= $1 AND region < $2) = TRUE",
        };
        return tx.ListAsync(
            $"SELECT {PacketColumns} FROM packets WHERE {lies} AND (received_at, packet_id) > ($3, $4) ORDER BY received_at, packet_id LIMIT $5",
            ReadPacket, region.Range.From, region.Range.To, after.ReceivedAt, after.PacketId, limit);
    }

    public static async ValueTask<(long Packets, long Bytes, long Duplicates)> TotalsAsync(Tx tx, RegionCode region)
    {
        var (from, to) = region.Range;
        var (packets, bytes) = await tx.FirstAsync(
            "SELECT CAST(COALESCE(SUM(packets), 0) AS BIGINT), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM packet_totals WHERE region >= $1 AND region < $2",
            row => (row.GetInt64(0), row.GetInt64(1)), from, to);
        return (packets, bytes, await tx.NumberAsync(
            "SELECT CAST(COALESCE(SUM(refused), 0) AS BIGINT) FROM packet_duplicates WHERE region >= $1 AND region < $2", from, to));
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, PacketReceived fact)
    {
        await tx.ExecuteAsync(
            """
            INSERT INTO packets (packet_id, station_id, region, citizen_id, sha256, length, captured_at, received_at, file, signature, village, capture_seconds)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            fact.PacketId, fact.StationId, fact.Region, fact.CitizenId, fact.Sha256, fact.Length, fact.CapturedAt, at, fact.File, fact.Signature, fact.Village,
            fact.CaptureSeconds);
        await tx.ExecuteAsync(
            """
            INSERT INTO packet_totals (region, packets, bytes) VALUES ($1, 1, $2)
            ON CONFLICT (region) DO UPDATE SET packets = packet_totals.packets + 1, bytes = packet_totals.bytes + excluded.bytes
            """,
            fact.Region, fact.Length);
    }

    private static PacketSeal ReadSeal(Row row) => new(
        PacketId.Trusted(row.GetString(0)), StationId.Trusted(row.GetString(1)), row.GetBytes(2), row.GetInt64(3), row.GetMoment(4))
    {
        Village = row.GetStringOrNull(5) is { } village ? RegionCode.Trusted(village) : null,
        CaptureSeconds = row.IsNull(6) ? null : row.GetInt64(6),
    };

    private static Packet ReadPacket(Row row) => new(ReadSeal(row), row.GetMoment(7), row.GetBytes(8));

    private static PacketOffer ReadOffer(Row row) => new(
        ReadSeal(row), new ProtectedCitizen(row.GetBytes(7), row.GetBytes(8)), row.GetString(9), row.GetMoment(10));
}
