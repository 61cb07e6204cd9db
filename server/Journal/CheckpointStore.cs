using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>Signs the head of the journal and keeps what was signed.</summary>
internal sealed class CheckpointStore(Database database, JournalKey key)
{
    /// <summary>The checkpoint of the present head, signed now unless it was before.</summary>
    public Task<Checkpoint> TakeAsync(DateTimeOffset now, CancellationToken cancellation) => database.WriteAsync(async tx =>
    {
        var head = await ReadHeadAsync(tx);
        var newest = await NewestAsync(tx);
        if (newest is not null && newest.Size == head.Size)
        {
            return newest;
        }

        var checkpoint = Checkpoint.Sign(head.Size, head.Root, now, key);
        await tx.ExecuteAsync(
            "INSERT INTO journal_checkpoints (size, root, at, signature, public_key) VALUES ($1, $2, $3, $4, $5)",
            checkpoint.Size, checkpoint.Root, checkpoint.At, checkpoint.Signature, checkpoint.PublicKey);
        return checkpoint;
    }, cancellation);

    public static ValueTask<Checkpoint?> NewestAsync(Tx tx) => tx.FirstAsync<Checkpoint?>(
        "SELECT size, root, at, signature, public_key FROM journal_checkpoints ORDER BY size DESC LIMIT 1", Read);

    public static ValueTask<List<Checkpoint>> ListAsync(Tx tx) => tx.ListAsync(
        "SELECT size, root, at, signature, public_key FROM journal_checkpoints ORDER BY size", Read);

    public static ValueTask<List<Checkpoint>> ListAsync(Tx tx, long after, int limit) => tx.ListAsync(
        "SELECT size, root, at, signature, public_key FROM journal_checkpoints WHERE size > $1 ORDER BY size LIMIT $2", Read, after, limit);

    public static async ValueTask<MerkleTree> ReadHeadAsync(Tx tx) => await tx.FirstAsync(
        "SELECT size, peaks FROM journal_head", row => new MerkleTree(row.GetInt64(0), row.GetBytes(1)))
        ?? throw new InvalidDataException("The journal has no head.");

    private static Checkpoint Read(Row row) => new(row.GetInt64(0), row.GetBytes(1), row.GetMoment(2), row.GetBytes(3), row.GetBytes(4));
}
