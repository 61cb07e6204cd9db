using System.Runtime.CompilerServices;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>Reads sealed facts; a position is a resume token.</summary>
internal sealed class JournalReader(Database database, JournalSignals signals, TimeProvider time)
{
    private static readonly TimeSpan _unasked = TimeSpan.FromSeconds(1);

    /// <summary>How many facts are sealed: the position the next one gets.</summary>
    public Task<long> GetHeadAsync(CancellationToken cancellation) =>
        database.ReadAsync(tx => tx.NumberAsync("SELECT size FROM journal_head"), cancellation);

    public static ValueTask<List<SealedFact>> ListAsync(Tx tx, long from, int limit) => tx.ListAsync(
        $"SELECT {SealedFact.Columns} FROM journal WHERE position >= $1 ORDER BY position LIMIT $2", SealedFact.Read, from, limit);

    public static ValueTask<SealedFact?> FindAsync(Tx tx, long position) =>
        tx.FirstAsync($"SELECT {SealedFact.Columns} FROM journal WHERE position = $1", SealedFact.Read, position);

    /// <summary>Where a fact happened; null for a position that is not sealed.</summary>
    public static ValueTask<string?> FindRegionAsync(Tx tx, long position) =>
        tx.FirstAsync("SELECT region FROM journal WHERE position = $1", row => row.GetString(0), position);

    /// <summary>All facts from a position on, then each new one as it is sealed, until cancelled.</summary>
    public async IAsyncEnumerable<SealedFact> FollowAsync(long from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var move = signals.NextMove;
            var facts = await database.ReadAsync(tx => ListAsync(tx, from, 500), cancellation);
            foreach (var fact in facts)
            {
                yield return fact;
                from = fact.Position + 1;
            }

            if (facts.Count == 0)
            {
                await WaitAsync(move, cancellation);
            }
        }
    }

    /// <summary>Waits for a move of the head, or until it is time to look unasked.</summary>
    public async Task WaitAsync(Task move, CancellationToken cancellation)
    {
        try
        {
            await move.WaitAsync(_unasked, time, cancellation);
        }
        catch (TimeoutException)
        {
            // Another server may have moved it.
        }
    }
}
