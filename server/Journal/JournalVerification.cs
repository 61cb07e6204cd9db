using System.Data.Common;
using System.Text.Json;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// Checks that the journal is what it was, and that the tables are what the journal says: every hash, every position, the
/// tree with its kept subtrees, every checkpoint, and a fold of all facts into an empty database beside the live tables.
/// </summary>
internal sealed class JournalVerification(Database database, FactCatalog catalog, JournalKey key, TimeProvider time)
{
    private const int MostFaults = 100;

    public Task<Report> RunAsync(CancellationToken cancellation) => database.ReadAsync(async live =>
    {
        var faults = new List<string>();
        await using var empty = new SqliteDatabase(":memory:", time);
        await Migrator.MigrateAsync(empty, cancellation);
        var entries = await empty.WriteAsync(folded => FoldAsync(live, folded, faults, cancellation), cancellation);
        foreach (var table in catalog.Tables)
        {
            await empty.ReadAsync(async folded =>
            {
                await CompareAsync(await SortedTable.OpenAsync(live, folded, table), await SortedTable.OpenAsync(folded, folded, table), faults);
                return true;
            }, cancellation);
        }

        return new Report(entries, [.. faults.Take(MostFaults)]);
    }, cancellation);

    private async ValueTask<long> FoldAsync(Tx live, Tx folded, List<string> faults, CancellationToken cancellation)
    {
        const int Batch = 1000;
        var checkpoints = await CheckpointStore.ListAsync(live);
        faults.AddRange(checkpoints.Where(checkpoint => !checkpoint.PublicKey.AsSpan().SequenceEqual(key.PublicKey) || !checkpoint.IsSigned())
            .Select(checkpoint => $"The checkpoint of size {checkpoint.Size} is not signed by this journal's key."));
        var signed = checkpoints.ToDictionary(checkpoint => checkpoint.Size, checkpoint => checkpoint.Root);
        var tree = new MerkleTree();
        var tiles = new List<(long Level, long Number, byte[] Root)>();
        var (next, tileCount) = (0L, 0L);
        for (List<SealedFact> facts; (facts = await JournalReader.ListAsync(live, next, Batch)).Count > 0; next = facts[^1].Position + 1)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var fact in facts)
            {
                CheckFact(fact, tree.Size, faults);
                await ApplyAsync(folded, fact, faults);
                tree.Add(fact.Hash, (height, root) =>
                {
                    if (height % JournalSealer.TileHeight == 0)
                    {
                        tiles.Add((height / JournalSealer.TileHeight, tree.Size >> height, root));
                    }
                });
                if (signed.Remove(tree.Size, out var root) && !root.AsSpan().SequenceEqual(tree.Root))
                {
                    faults.Add($"The tree of size {tree.Size} has another root than its checkpoint.");
                }
            }

            await CheckTilesAsync(live, tiles, faults);
            tileCount += tiles.Count;
            tiles.Clear();
        }

        signed.Remove(0);
        faults.AddRange(signed.Keys.Select(size => $"A checkpoint tells of {size} facts, but only {tree.Size} are there."));
        await CheckHeadAsync(live, tree, faults);
        if (await live.NumberAsync("SELECT COUNT(*) FROM journal_tiles") is var kept && kept != tileCount)
        {
            faults.Add($"{kept} subtrees are kept, and {tree.Size} facts have {tileCount}.");
        }

        return tree.Size + await FoldUnsealedAsync(live, folded, faults);
    }

    /// <summary>Proofs are made of the kept subtrees; a wrong one would make a true fact look false.</summary>
    private static async ValueTask CheckTilesAsync(Tx live, List<(long Level, long Number, byte[] Root)> tiles, List<string> faults)
    {
        foreach (var (level, number, root) in tiles)
        {
            var kept = await live.FirstAsync("SELECT root FROM journal_tiles WHERE level = $1 AND number = $2", row => row.GetBytes(0), level, number);
            if (kept is null || !kept.AsSpan().SequenceEqual(root))
            {
                faults.Add($"Subtree {number} of level {level} is not the one that its facts make.");
            }
        }
    }

    private static async ValueTask CheckHeadAsync(Tx live, MerkleTree tree, List<string> faults)
    {
        try
        {
            var head = await CheckpointStore.ReadHeadAsync(live);
            if (head.Size != tree.Size || !head.Root.AsSpan().SequenceEqual(tree.Root))
            {
                faults.Add($"The head tells of {head.Size} facts and root {Convert.ToHexStringLower(head.Root)}; {tree.Size} are there, with root {Convert.ToHexStringLower(tree.Root)}.");
            }
        }
        catch (InvalidDataException broken)
        {
            faults.Add($"The head cannot be read: {broken.Message}");
        }
    }

    /// <summary>Facts that are committed and wait for the sealer have changed the tables already.</summary>
    private async ValueTask<long> FoldUnsealedAsync(Tx live, Tx folded, List<string> faults)
    {
        var waiting = await live.ListAsync(
            $"SELECT {SealedFact.Columns} FROM journal WHERE position IS NULL ORDER BY id", SealedFact.Read);
        foreach (var fact in waiting)
        {
            CheckFact(fact, fact.Position, faults);
            await ApplyAsync(folded, fact, faults);
        }

        return waiting.Count;
    }

    private static void CheckFact(SealedFact fact, long expected, List<string> faults)
    {
        if (fact.Position != expected)
        {
            faults.Add($"Fact {fact.Position} stands where {expected} should.");
        }

        if (!JournalWriter.Hash(fact.At, fact.Actor, fact.Region, fact.Subject, fact.Kind, fact.Payload).AsSpan().SequenceEqual(fact.Hash))
        {
            faults.Add($"Fact {fact.Position} does not match its hash.");
        }
    }

    /// <summary>A changed fact may be one that cannot be applied any more: that is a finding, and the rest is still looked at.</summary>
    private async ValueTask ApplyAsync(Tx folded, SealedFact fact, List<string> faults)
    {
        try
        {
            var entry = catalog.Of(fact.Kind);
            await entry.ApplyAsync(folded, fact.At, entry.Read(fact.Payload));
        }
        catch (Exception fault) when (fault is JsonException or InvalidDataException or DbException or ArgumentException)
        {
            faults.Add($"Fact {fact.Position} cannot be applied: {fault.Message}");
        }
    }

    /// <summary>Side by side in the order of the key, a row at a time: the tables of a country need no memory.</summary>
    private static async ValueTask CompareAsync(SortedTable kept, SortedTable told, List<string> faults)
    {
        while (faults.Count < MostFaults && (kept.Row is not null || told.Row is not null))
        {
            var order = SortedTable.Compare(kept, told);
            if (order != 0 || kept.Row != told.Row)
            {
                if (order <= 0)
                {
                    faults.Add($"Table {kept.Name} has a row that no fact explains: {kept.Row}");
                }

                if (order >= 0)
                {
                    faults.Add($"Table {told.Name} lacks a row that the facts tell: {told.Row}");
                }
            }

            if (order <= 0)
            {
                await kept.MoveAsync();
            }

            if (order >= 0)
            {
                await told.MoveAsync();
            }
        }
    }

    /// <summary>How many facts were read, and what does not agree; nothing when all does.</summary>
    internal sealed record Report(long Entries, IReadOnlyList<string> Faults);
}
