using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>
/// Notes where in the journal the facts about each card stand, by following it: a position is given only after the commit.
/// </summary>
internal static class CardLife
{
    public const string Follower = "cards.life";

    /// <summary>Serials that share a bucket: a delivery of 100,000 blanks costs a hundred rows, a card's life reads one bucket.</summary>
    private const long BucketSize = 1_000;

    public static async ValueTask HandleAsync(Tx tx, SealedFact news, IFact fact)
    {
        foreach (var (first, last) in ((ICardFact)fact).Cards)
        {
            for (var bucket = first / BucketSize; bucket <= last / BucketSize; bucket++)
            {
                await tx.ExecuteAsync(
                    "INSERT INTO cards_life (bucket, first_serial, last_serial, position) VALUES ($1, $2, $3, $4)",
                    bucket, Math.Max(first, bucket * BucketSize), Math.Min(last, (bucket + 1) * BucketSize - 1), news.Position);
            }
        }
    }

    /// <summary>The positions of a card's facts, rising.</summary>
    public static ValueTask<List<long>> ListAsync(Tx tx, long serial) => tx.ListAsync(
        "SELECT DISTINCT position FROM cards_life WHERE bucket = $1 AND first_serial <= $2 AND last_serial >= $2 ORDER BY position",
        row => row.GetInt64(0), serial / BucketSize, serial);
}
