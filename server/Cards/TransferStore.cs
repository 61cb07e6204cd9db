using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>The SQL of transfers, and how their facts change the ledger.</summary>
internal static class TransferStore
{
    private const string Columns = "transfer_id, from_office, to_office, document, sent_at, received_at, arrived";

    /// <summary>A transfer with its serials, locked.</summary>
    public static async ValueTask<Transfer?> LockAsync(Tx tx, string id) => await WithSerialsAsync(tx, await tx.FirstAsync(
        $"SELECT {Columns} FROM cards_transfers WHERE transfer_id = $1 {tx.Dialect.ForUpdate}", Read, id));

    public static async ValueTask<List<Transfer>> ListAsync(Tx tx, RegionCode office, bool inTransitOnly, string after, int limit)
    {
        var transfers = await tx.ListAsync(
            $"""
            SELECT {Columns} FROM cards_transfers
            WHERE (from_office = $1 OR to_office = $1) AND transfer_id > $2 {(inTransitOnly ? "AND received_at IS NULL" : "")}
            ORDER BY transfer_id LIMIT $3
            """,
            Read, office.Value, after, limit);
        var listed = new List<Transfer>();
        foreach (var transfer in transfers)
        {
            listed.Add((await WithSerialsAsync(tx, transfer))!);
        }

        return listed;
    }

    public static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, TransferSent fact)
    {
        await tx.ExecuteAsync(
            "INSERT INTO cards_transfers (transfer_id, from_office, to_office, document, sent_at) VALUES ($1, $2, $3, $4, $5)",
            fact.TransferId, fact.Region, fact.ToOffice, fact.Document, at);
        foreach (var (first, last) in fact.Serials)
        {
            await tx.ExecuteAsync("INSERT INTO cards_transfer_serials (transfer_id, first_serial, last_serial) VALUES ($1, $2, $3)", fact.TransferId, first, last);
        }

        await CardFold.MoveRangesAsync(tx, fact.Serials, CardState.Vault, CardState.InTransit, fact.Region, null, fact.TransferId);
        var sent = fact.Serials.Sum(range => range.Count);
        var counts = new CardCounts();
        counts.Add(fact.Region, CardState.Vault, -sent);
        counts.Add(fact.Region, CardCounts.TransferredOut, sent);
        await counts.SaveAsync(tx);
    }

    /// <summary>The receiving office accounts for all that was sent: what did not arrive is missing in its books.</summary>
    public static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, TransferReceived fact)
    {
        var (arrived, missing) = (fact.Arrived.Sum(range => range.Count), fact.Missing.Sum(range => range.Count));
        await tx.ExecuteAsync("UPDATE cards_transfers SET received_at = $1, arrived = $2 WHERE transfer_id = $3", at, arrived, fact.TransferId);
        await CardFold.MoveRangesAsync(tx, fact.Arrived, CardState.InTransit, CardState.Vault, fact.Region, null, null);
        await CardFold.MoveRangesAsync(tx, fact.Missing, CardState.InTransit, CardState.Missing, fact.Region, null, null);
        var counts = new CardCounts();
        counts.Add(fact.Region, CardCounts.TransferredIn, arrived + missing);
        counts.Add(fact.Region, CardState.Vault, arrived);
        counts.Add(fact.Region, CardState.Missing, missing);
        await counts.SaveAsync(tx);
    }

    private static async ValueTask<Transfer?> WithSerialsAsync(Tx tx, Transfer? transfer) => transfer is null ? null : transfer with
    {
        Serials = await tx.ListAsync(
            "SELECT first_serial, last_serial FROM cards_transfer_serials WHERE transfer_id = $1 ORDER BY first_serial",
            row => new SerialRange(row.GetInt64(0), row.GetInt64(1)), transfer.Id),
    };

    private static Transfer Read(Row row) => new(
        row.GetString(0), RegionCode.Trusted(row.GetString(1)), RegionCode.Trusted(row.GetString(2)), row.GetString(3), row.GetMoment(4), row.GetMomentOrNull(5),
        row.GetInt64(6), []);
}
