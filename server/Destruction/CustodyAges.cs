using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Destruction;

/// <summary>Since when cards have waited for their destruction, by following those that came into custody and those destroyed.</summary>
internal static class CustodyAges
{
    public static Follower ToFollower() => new("destruction.custody", new HashSet<string> { CustodyTaken.Kind, CardWithdrawn.Kind, CardsDestroyed.Kind }, HandleAsync);

    /// <summary>The moment at which the card that has been in custody longest came into it; null where none is. Listed ones are on their way out.</summary>
    public static ValueTask<DateTimeOffset?> OldestAsync(Tx tx) => tx.FirstAsync(
        "SELECT k.since FROM destruction_custody AS k JOIN cards AS c ON c.serial = k.serial WHERE c.state = $1 ORDER BY k.since LIMIT 1",
        row => row.GetMomentOrNull(0), CardState.Custody);

    private static async ValueTask HandleAsync(Tx tx, SealedFact news, IFact fact)
    {
        foreach (var (first, last) in ((ICardFact)fact).Cards)
        {
            if (fact is CardsDestroyed)
            {
                await tx.ExecuteAsync("DELETE FROM destruction_custody WHERE serial >= $1 AND serial <= $2", first, last);
            }
            else
            {
                await tx.ExecuteAsync(
                    """
                    INSERT INTO destruction_custody (serial, since)
                    WITH RECURSIVE taken(serial) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT serial + 1 FROM taken WHERE serial < $2)
                    SELECT serial, $3 FROM taken
                    """,
                    first, last, news.At);
            }
        }
    }
}
