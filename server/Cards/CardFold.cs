using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>
/// How facts change the ledger. Its own do, and those of whoever consumes or destroys cards, by <see cref="MoveAsync"/> and
/// <see cref="MoveAllAsync"/>: a fold of all of them gives these tables.
/// </summary>
internal static class CardFold
{
    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("cards", "cards_receipts", "cards_counts", "cards_transfers", "cards_transfer_serials", "cards_sukets");
        catalog.Add(BlanksReceived.Kind, CardJson.Default.BlanksReceived, ApplyAsync);
        catalog.Add(HopperLoaded.Kind, CardJson.Default.HopperLoaded, ApplyAsync);
        catalog.Add(HopperUnloaded.Kind, CardJson.Default.HopperUnloaded, ApplyAsync);
        catalog.Add(TransferSent.Kind, CardJson.Default.TransferSent, TransferStore.ApplyAsync);
        catalog.Add(TransferReceived.Kind, CardJson.Default.TransferReceived, TransferStore.ApplyAsync);
        catalog.Add(StockCounted.Kind, CardJson.Default.StockCounted, ApplyAsync);
        catalog.Add(CardWithdrawn.Kind, CardJson.Default.CardWithdrawn, ApplyAsync);
        catalog.Add(CustodyTaken.Kind, CardJson.Default.CustodyTaken, ApplyAsync);
        catalog.Add(SuketIssued.Kind, CardJson.Default.SuketIssued, SuketStore.ApplyAsync);
    }

    /// <summary>Moves one card on, as a fact says that is being applied.</summary>
    public static ValueTask MoveAsync(Tx tx, long serial, CardState to, InvalidReason? reason = null) => MoveAllAsync(tx, [serial], card => card with { State = to, Reason = reason });

    /// <summary>Moves cards on, one by one, as a fact says that is being applied.</summary>
    public static async ValueTask MoveAllAsync(Tx tx, IEnumerable<long> serials, Func<Card, Card> move)
    {
        var counts = new CardCounts();
        foreach (var serial in serials)
        {
            var before = await CardStore.FindAsync(tx, serial) ?? throw new InvalidDataException($"Card {serial} is not known.");
            var after = move(before);
            if (!CardMoves.IsAllowed(before.State, after.State))
            {
                throw new InvalidDataException($"Card {serial} cannot go from {before.State} to {after.State}.");
            }

            await tx.ExecuteAsync(
                "UPDATE cards SET office = $1, state = $2, reason = $3, destruction_id = $4 WHERE serial = $5",
                after.Office.Value, after.State, after.Reason, after.DestructionId, serial);
            counts.Move(before, after);
        }

        await counts.SaveAsync(tx);
    }

    /// <summary>Moves whole ranges of blanks that are all in one state; counting them is the caller's.</summary>
    public static async ValueTask MoveRangesAsync(Tx tx, IEnumerable<SerialRange> ranges, CardState from, CardState to, string office, string? station, string? transferId)
    {
        foreach (var (first, last) in ranges)
        {
            var moved = await tx.ExecuteAsync(
                "UPDATE cards SET state = $1, office = $2, station_id = $3, transfer_id = COALESCE($4, transfer_id) WHERE serial >= $5 AND serial <= $6 AND state = $7",
                to, office, station, transferId, first, last, from);
            if (moved != last - first + 1)
            {
                throw new InvalidDataException($"Of the cards {first} to {last}, {moved} were {from}, not all.");
            }
        }
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
        await AddAsync(tx, (fact.Region, CardState.Vault, fact.Serials.Count));
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, HopperLoaded fact)
    {
        var (office, count) = (OfficeOf(fact.StationId), Sum(fact.Serials));
        await MoveRangesAsync(tx, fact.Serials, CardState.Vault, CardState.Hopper, office, fact.StationId, null);
        await AddAsync(tx, (office, CardState.Vault, -count), (fact.StationId, CardState.Hopper, count));
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, HopperUnloaded fact)
    {
        var (office, count) = (OfficeOf(fact.StationId), Sum(fact.Serials));
        await MoveRangesAsync(tx, fact.Serials, CardState.Hopper, CardState.Vault, office, null, null);
        await AddAsync(tx, (fact.StationId, CardState.Hopper, -count), (office, CardState.Vault, count));
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, StockCounted fact)
    {
        await MoveRangesAsync(tx, fact.Missing, CardState.Vault, CardState.Missing, fact.Region, null, null);
        await MoveRangesAsync(tx, fact.Found, CardState.Missing, CardState.Vault, fact.Region, null, null);
        var lost = Sum(fact.Missing) - Sum(fact.Found);
        await AddAsync(tx, (fact.Region, CardState.Vault, -lost), (fact.Region, CardState.Missing, lost));
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, CardWithdrawn fact)
    {
        var counts = new CardCounts();
        if (fact.FromOffice is null)
        {
            await tx.ExecuteAsync(
                "INSERT INTO cards (serial, office, state, reason, elsewhere) VALUES ($1, $2, $3, $4, 1)", fact.Serial, fact.Region, CardState.Custody, fact.Reason);
            counts.Add(fact.Region, CardState.Custody, 1);
            counts.Add(fact.Region, CardCounts.Elsewhere, 1);
        }
        else
        {
            await MoveAllAsync(tx, [fact.Serial], card => card with { State = CardState.Custody, Office = RegionCode.Trusted(fact.Region), Reason = fact.Reason });
            if (fact.FromOffice != fact.Region)
            {
                counts.Add(fact.FromOffice, CardCounts.TransferredOut, 1);
                counts.Add(fact.Region, CardCounts.TransferredIn, 1);
            }
        }

        await counts.SaveAsync(tx);
    }

    private static ValueTask ApplyAsync(Tx tx, DateTimeOffset at, CustodyTaken fact) =>
        MoveAllAsync(tx, fact.Serials.SelectMany(Each), card => card with { State = CardState.Custody });

    private static ValueTask AddAsync(Tx tx, params ReadOnlySpan<(string Holder, CardState State, long Cards)> changes)
    {
        var counts = new CardCounts();
        foreach (var (holder, state, cards) in changes)
        {
            counts.Add(holder, state, cards);
        }

        return counts.SaveAsync(tx);
    }

    private static string OfficeOf(string stationId) => StationId.Trusted(stationId).Region.Office.Value;

    private static long Sum(IEnumerable<SerialRange> ranges) => ranges.Sum(range => range.Count);

    private static IEnumerable<long> Each(SerialRange range)
    {
        for (var serial = range.First; serial <= range.Last; serial++)
        {
            yield return serial;
        }
    }
}
