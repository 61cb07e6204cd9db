using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Destruction;

/// <summary>How facts change the tables of destructions, and with them the ledger of cards.</summary>
internal static class DestructionFold
{
    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("destructions", "destruction_totals", "destruction_signatories");
        catalog.Add(DestructionOpened.Kind, DestructionJson.Default.DestructionOpened, ApplyAsync);
        catalog.Add(CardsListed.Kind, DestructionJson.Default.CardsListed, ApplyAsync);
        catalog.Add(CardsUnlisted.Kind, DestructionJson.Default.CardsUnlisted, ApplyAsync);
        catalog.Add(ListClosed.Kind, DestructionJson.Default.ListClosed, ApplyAsync);
        catalog.Add(ListReopened.Kind, DestructionJson.Default.ListReopened, ApplyAsync);
        catalog.Add(DestructionSigned.Kind, DestructionJson.Default.DestructionSigned, ApplyAsync);
        catalog.Add(CardsDestroyed.Kind, DestructionJson.Default.CardsDestroyed, ApplyAsync);
        catalog.Add(DestructionSealed.Kind, DestructionJson.Default.DestructionSealed, ApplyAsync);
    }

    public static string SubjectOf(string destructionId) => "destruction/" + destructionId;

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, DestructionOpened fact) => await tx.ExecuteAsync(
        "INSERT INTO destructions (destruction_id, office, state, method, place, opened_at, opened_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        fact.DestructionId, fact.Region, DestructionState.Open, fact.Method, fact.Place, at, fact.OpenedBy);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, CardsListed fact)
    {
        await CardFold.MoveAllAsync(tx, Each(fact.Cards), card => card with { State = CardState.Listed, DestructionId = fact.DestructionId });
        foreach (var (reason, serials) in fact.Listed)
        {
            await tx.ExecuteAsync(
                """
                INSERT INTO destruction_totals (destruction_id, reason, cards) VALUES ($1, $2, $3)
                ON CONFLICT (destruction_id, reason) DO UPDATE SET cards = destruction_totals.cards + excluded.cards
                """,
                fact.DestructionId, reason, serials.Sum(range => range.Count));
        }
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, CardsUnlisted fact)
    {
        await CardFold.MoveAllAsync(tx, Each(fact.Cards), card => card with { State = CardState.Custody, DestructionId = null });
        foreach (var (reason, serials) in fact.Unlisted)
        {
            await tx.ExecuteAsync(
                "UPDATE destruction_totals SET cards = cards - $1 WHERE destruction_id = $2 AND reason = $3",
                serials.Sum(range => range.Count), fact.DestructionId, reason);
        }
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, ListClosed fact) => await tx.ExecuteAsync(
        "UPDATE destructions SET state = $1, closed_at = $2, closed_by = $3, list_sha256 = $4 WHERE destruction_id = $5",
        DestructionState.Closed, at, fact.ClosedBy, fact.ListSha256, fact.DestructionId);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, ListReopened fact)
    {
        await tx.ExecuteAsync(
            "UPDATE destructions SET state = $1, closed_at = NULL, closed_by = NULL, list_sha256 = NULL WHERE destruction_id = $2",
            DestructionState.Open, fact.DestructionId);
        await tx.ExecuteAsync("DELETE FROM destruction_signatories WHERE destruction_id = $1", fact.DestructionId);
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, DestructionSigned fact) => await tx.ExecuteAsync(
        "INSERT INTO destruction_signatories (destruction_id, operator, role, on_behalf_of, total, list_sha256, signed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        fact.DestructionId, fact.Operator, fact.Role, fact.OnBehalfOf, fact.Counted, fact.ListSha256, at);

    private static ValueTask ApplyAsync(Tx tx, DateTimeOffset at, CardsDestroyed fact) =>
        CardFold.MoveAllAsync(tx, Each(fact.Serials), card => card with { State = CardState.Destroyed });

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, DestructionSealed fact) => await tx.ExecuteAsync(
        "UPDATE destructions SET state = $1, sealed_at = $2, number = $3, record = $4, public_key = $5, signature = $6 WHERE destruction_id = $7",
        DestructionState.Sealed, at, fact.Number, fact.Record, fact.PublicKey, fact.Signature, fact.DestructionId);

    private static IEnumerable<long> Each(IEnumerable<SerialRange> ranges)
    {
        foreach (var (first, last) in ranges)
        {
            for (var serial = first; serial <= last; serial++)
            {
                yield return serial;
            }
        }
    }
}
