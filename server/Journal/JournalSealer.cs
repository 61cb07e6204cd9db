using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// Gives committed facts their positions and grows the Merkle tree. The order is that of the ids, which is the order in
/// which transactions that had to wait for each other went on; so a fact with a lower id that is committed late holds up
/// those above it. Several servers may try at once: the head's row is the fence.
/// </summary>
internal sealed partial class JournalSealer(
    Database database, JournalSignals signals, TimeProvider time, ILogger<JournalSealer> logger) : BackgroundService
{
    private const int Batch = 1000;
    private const int TileHeight = 8;

    /// <summary>How long a fact that another server accepted may wait before this one looks.</summary>
    private static readonly TimeSpan _unasked = TimeSpan.FromMilliseconds(250);

    /// <summary>Set by whoever seals; two at once lose nothing but a look.</summary>
    private Horizon? _waiting;

    /// <summary>Whether a committed fact waits for its position.</summary>
    public async Task<bool> HasUnsealedAsync(CancellationToken cancellation) => await database.ReadAsync(tx => tx.NumberAsync(
        "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE position IS NULL LIMIT 1) AS unsealed"), cancellation) > 0;

    /// <summary>Seals what can be sealed now; tells how many facts that were.</summary>
    public async Task<int> SealAsync(CancellationToken cancellation)
    {
        if (!await HasUnsealedAsync(cancellation))
        {
            return 0;
        }

        var (count, waiting) = await database.WriteAsync(tx => SealBatchAsync(tx, _waiting), cancellation);
        _waiting = waiting;
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
                if (await SealAsync(stoppingToken) == 0)
                {
                    await signals.WaitForAcceptedAsync(_unasked, time, stoppingToken);
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, fault);
                await Task.Delay(_unasked, time, stoppingToken);
            }
        }
    }

    private static async ValueTask<(int Count, Horizon? Waiting)> SealBatchAsync(Tx tx, Horizon? waiting)
    {
        // Before this transaction gets a number, so that whoever drew an id below this one has a lower number.
        var highest = await tx.NumberAsync("SELECT MAX(id) FROM journal WHERE position IS NULL");
        var head = await tx.FirstAsync($"SELECT size, peaks FROM journal_head {tx.Dialect.ForUpdate}", row => new MerkleTree(row.GetInt64(0), row.GetBytes(1)))
            ?? throw new InvalidDataException("The journal has no head.");
        var (own, oldest) = await tx.FirstAsync(tx.Dialect.OwnAndOldestTransaction, row => (row.GetInt64(0), row.GetInt64(1)));
        var (sealable, next) = Look(new Horizon(highest, own), oldest, waiting);
        var rows = await tx.ListAsync(
            $"SELECT id, hash FROM journal WHERE position IS NULL AND id <= $1 ORDER BY id LIMIT {Batch}",
            row => (Id: row.GetInt64(0), Hash: row.GetBytes(1)), sealable);
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

        return (rows.Count, rows.Count == Batch ? waiting : next);
    }

    /// <summary>
    /// The id up to which nothing can appear any more, and what to wait for next: once no transaction below a horizon's runs,
    /// every id up to it is there or never comes.
    /// </summary>
    private static (long Sealable, Horizon? Next) Look(Horizon now, long oldest, Horizon? waiting) =>
        oldest >= now.Transaction ? (now.Id, null)
        : waiting is null ? (0, now)
        : oldest > waiting.Transaction ? (waiting.Id, now)
        : (0, waiting);

    /// <summary>The highest id that was seen, and the number of the transaction that saw it.</summary>
    private sealed record Horizon(long Id, long Transaction);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sealing the journal failed; it is tried again.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
