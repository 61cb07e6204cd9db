using System.Data.Common;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>
/// The SQL of the ledger of blanks. Its own facts change it, and those of whoever consumes cards, by
/// <see cref="MoveAsync"/>: a fold of both gives these tables.
/// </summary>
internal static class CardStore
{
    private const string CardColumns = "serial, office, state, station_id, spoiled_reason";

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("cards", "cards_receipts", "cards_counts");
        catalog.Add(BlanksReceived.Kind, CardJson.Default.BlanksReceived, ApplyAsync);
        catalog.Add(HopperLoaded.Kind, CardJson.Default.HopperLoaded, ApplyAsync);
    }

    public static ValueTask<Card?> FindAsync(Tx tx, long serial) =>
        tx.FirstAsync($"SELECT {CardColumns} FROM cards WHERE serial = $1", Read, serial);

    public static ValueTask<Card?> LockAsync(Tx tx, long serial) =>
        tx.FirstAsync($"SELECT {CardColumns} FROM cards WHERE serial = $1 {tx.Dialect.ForUpdate}", Read, serial);

    /// <summary>The blank that a station's printer takes next, locked; null when its hopper is empty.</summary>
    public static ValueTask<long?> LockLowestInHopperAsync(Tx tx, StationId station) => tx.FirstAsync<long?>(
        $"SELECT serial FROM cards WHERE station_id = $1 AND state = 2 ORDER BY serial LIMIT 1 {tx.Dialect.SkipLocked}", row => row.GetInt64(0), station.Value);

    /// <summary>Blanks in a station's hopper now.</summary>
    public static ValueTask<long> CountHopperAsync(Tx tx, StationId station) =>
        tx.NumberAsync("SELECT hopper FROM cards_counts WHERE holder = $1", station.Value);

    /// <summary>Blanks in an office's vault; those who take from it or add to it wait for each other.</summary>
    public static ValueTask<long> LockVaultAsync(Tx tx, RegionCode office) =>
        tx.NumberAsync($"SELECT vault FROM cards_counts WHERE holder = $1 {tx.Dialect.ForUpdate}", office.Value);

    public static ValueTask<List<long>> LowestInVaultAsync(Tx tx, RegionCode office, long count) => tx.ListAsync(
        "SELECT serial FROM cards WHERE office = $1 AND state = 1 ORDER BY serial LIMIT $2", row => row.GetInt64(0), office.Value, count);

    public static ValueTask<SerialRange?> FindOverlapAsync(Tx tx, SerialRange serials) => tx.FirstAsync<SerialRange?>(
        """
        SELECT first_serial, last_serial
        FROM (SELECT first_serial, last_serial FROM cards_receipts WHERE first_serial <= $2 ORDER BY first_serial DESC LIMIT 1) AS nearest
        WHERE last_serial >= $1
        """,
        row => new SerialRange(row.GetInt64(0), row.GetInt64(1)), serials.First, serials.Last);

    /// <summary>The cards of a region: of its hand-overs, and of every vault and station in it.</summary>
    public static async ValueTask<Balance> GetBalanceAsync(Tx tx, RegionCode region)
    {
        var (from, to) = region.Range;
        var received = await tx.NumberAsync(
            "SELECT CAST(SUM(last_serial - first_serial + 1) AS BIGINT) FROM cards_receipts WHERE office >= $1 AND office < $2", from, to);
        return await tx.FirstAsync(
            """
            SELECT CAST(COALESCE(SUM(vault), 0) AS BIGINT), CAST(COALESCE(SUM(hopper), 0) AS BIGINT), CAST(COALESCE(SUM(consuming), 0) AS BIGINT),
              CAST(COALESCE(SUM(issued), 0) AS BIGINT), CAST(COALESCE(SUM(spoiled), 0) AS BIGINT)
            FROM cards_counts WHERE holder >= $1 AND holder < $2
            """,
            row => new Balance(received, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), from, to)
            ?? throw new InvalidDataException("A sum has no row.");
    }

    /// <summary>Moves a card on, as a fact says that is being applied.</summary>
    public static async ValueTask MoveAsync(Tx tx, long serial, CardState to, string? spoiledReason = null)
    {
        var card = await FindAsync(tx, serial);
        if (card?.Station is not { } station || !CardMoves.IsAllowed(card.State, to))
        {
            throw new InvalidDataException($"Card {serial} cannot go from {card?.State} to {to}.");
        }

        await tx.ExecuteAsync("UPDATE cards SET state = $1, spoiled_reason = $2 WHERE serial = $3", to, spoiledReason, serial);
        await tx.ExecuteAsync($"UPDATE cards_counts SET {Column(card.State)} = {Column(card.State)} - 1, {Column(to)} = {Column(to)} + 1 WHERE holder = $1", station.Value);
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, BlanksReceived fact)
    {
        await tx.ExecuteAsync(
            "INSERT INTO cards_receipts (first_serial, last_serial, office, document, received_at) VALUES ($1, $2, $3, $4, $5)",
            fact.Serials.First, fact.Serials.Last, fact.Region, fact.Document, at);
        await tx.ExecuteAsync(
            """
            INSERT INTO cards (serial, office, state)
            WITH RECURSIVE received(serial) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT serial + 1 FROM received WHERE serial < $2)
            SELECT serial, $3, 1 FROM received
            """,
            fact.Serials.First, fact.Serials.Last, fact.Region);
        await tx.ExecuteAsync(
            "INSERT INTO cards_counts (holder, vault) VALUES ($1, $2) ON CONFLICT (holder) DO UPDATE SET vault = cards_counts.vault + excluded.vault",
            fact.Region, fact.Serials.Count);
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, HopperLoaded fact)
    {
        foreach (var (first, last) in fact.Serials)
        {
            await tx.ExecuteAsync("UPDATE cards SET state = 2, station_id = $1 WHERE serial >= $2 AND serial <= $3", fact.StationId, first, last);
        }

        var count = fact.Serials.Sum(serials => serials.Count);
        await tx.ExecuteAsync("UPDATE cards_counts SET vault = vault - $1 WHERE holder = $2", count, StationId.Trusted(fact.StationId).Region.Office.Value);
        await tx.ExecuteAsync(
            "INSERT INTO cards_counts (holder, hopper) VALUES ($1, $2) ON CONFLICT (holder) DO UPDATE SET hopper = cards_counts.hopper + excluded.hopper",
            fact.StationId, count);
    }

    private static string Column(CardState state) => state switch
    {
        CardState.Vault => "vault",
        CardState.Hopper => "hopper",
        CardState.Consuming => "consuming",
        CardState.Issued => "issued",
        CardState.Spoiled => "spoiled",
        _ => throw new InvalidDataException($"No count is kept of {state}."),
    };

    private static Card Read(DbDataReader row) => new(
        row.GetInt64(0), RegionCode.Trusted(row.GetString(1)), (CardState)row.GetInt64(2),
        row.GetStringOrNull(3) is { } station ? StationId.Trusted(station) : null, row.GetStringOrNull(4));
}
