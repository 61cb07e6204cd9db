using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Destruction;

/// <summary>How many cards wait for the furnace, how many went, and since when what waits has waited; of the whole country.</summary>
/// <param name="Open">Destructions that are not sealed.</param>
/// <param name="OpenSince">When the oldest of them was opened; null where none is.</param>
/// <param name="Destroyed">Cards by reason, ever.</param>
/// <param name="CustodySince">When the card that waits longest came into custody; null where none is.</param>
internal sealed record DestructionFigures(
    long Open, DateTimeOffset? OpenSince, IReadOnlyDictionary<InvalidReason, long> Destroyed, long Custody, DateTimeOffset? CustodySince)
{
    public static async ValueTask<DestructionFigures> ReadAsync(Tx tx)
    {
        var destroyed = await tx.ListAsync(
            """
            SELECT t.reason, CAST(SUM(t.cards) AS BIGINT) FROM destruction_totals AS t JOIN destructions AS d ON d.destruction_id = t.destruction_id
            WHERE d.sealed_at IS NOT NULL GROUP BY t.reason
            """,
            row => new ReasonTotal((InvalidReason)row.GetInt64(0), row.GetInt64(1)));
        return new DestructionFigures(
            await tx.NumberAsync("SELECT COUNT(*) FROM destructions WHERE sealed_at IS NULL"),
            await tx.FirstAsync("SELECT MIN(opened_at) FROM destructions WHERE sealed_at IS NULL", row => row.GetMomentOrNull(0)),
            destroyed.ToDictionary(total => total.Reason, total => total.Cards),
            await tx.NumberAsync("SELECT CAST(SUM(custody) AS BIGINT) FROM cards_counts"),
            await CustodyAges.OldestAsync(tx));
    }
}
