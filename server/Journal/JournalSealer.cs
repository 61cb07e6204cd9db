using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// Gives committed facts their positions, in an order that no late commit can slip into, and grows the Merkle tree: what
/// becomes visible late comes later, whatever its id. Among what is visible the id decides, for whoever saw or waited for
/// another's change drew his id after it; the number of his transaction may be lower, and would fold them the wrong way.
/// Several servers may try at once: the head's row is the fence.
/// </summary>
internal sealed partial class JournalSealer(
    Database database, JournalSignals signals, TimeProvider time, ILogger<JournalSealer> logger) : BackgroundService
{
    /// <summary>Roots of subtrees are kept at every eighth height.</summary>
    public const int TileHeight = 8;

    private const int Batch = 1000;

    /// <summary>How long a fact that another server accepted may wait before this one looks.</summary>
    private static readonly TimeSpan _unasked = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The first fact after a pause is sealed at once, those that follow it together: each seal is a commit, and wakes every
    /// follower and watcher.
    /// </summary>
    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(50);

    /// <summary>Seals what is there; tells how many facts it sealed.</summary>
    public async Task<int> SealAsync(CancellationToken cancellation)
    {
        var waiting = await database.ReadAsync(tx => tx.NumberAsync(
            "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE position IS NULL LIMIT 1) AS waiting"), cancellation);
        if (waiting == 0)
        {
            return 0;
        }

        var count = await database.WriteAsync(SealBatchAsync, cancellation);
        if (count > 0)
        {
            signals.HeadMoved();
        }

        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                switch (await SealAsync(stoppingToken))
                {
                    case 0:
                        await signals.WaitForAcceptedAsync(_unasked, time, stoppingToken);
                        break;
                    case < Batch:
                        await Task.Delay(_gathering, time, stoppingToken);
                        break;
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, fault);
                await Task.Delay(_unasked, time, stoppingToken);
            }
        }
    }

    private static async ValueTask<int> SealBatchAsync(Tx tx)
    {
        var head = await tx.FirstAsync($"SELECT size, peaks FROM journal_head {tx.Dialect.ForUpdate}", row => new MerkleTree(row.GetInt64(0), row.GetBytes(1)))
            ?? throw new InvalidDataException("The journal has no head.");
        var rows = await tx.ListAsync(
            $"SELECT id, hash FROM journal WHERE position IS NULL ORDER BY id LIMIT {Batch}",
            row => (Id: row.GetInt64(0), Hash: row.GetBytes(1)));
        var tiles = new List<(int Level, long Number, byte[] Root)>();
        foreach (var (id, hash) in rows)
        {
            await tx.ExecuteAsync("UPDATE journal SET position = $1 WHERE id = $2", head.Size, id);
            head.Add(hash, (height, root) =>
            {
                if (height % TileHeight == 0)
                {
                    tiles.Add((height / TileHeight, head.Size >> height, root));
                }
            });
        }

        foreach (var (level, number, root) in tiles)
        {
            await tx.ExecuteAsync("INSERT INTO journal_tiles (level, number, root) VALUES ($1, $2, $3)", level, number, root);
        }

        if (rows.Count > 0)
        {
            await tx.ExecuteAsync("UPDATE journal_head SET size = $1, peaks = $2 WHERE one = 1", head.Size, head.Peaks);
        }

        return rows.Count;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sealing the journal failed; it is tried again.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
