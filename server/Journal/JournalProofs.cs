using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>Proofs for people outside: that a fact is in the journal, and that the journal only grew.</summary>
internal sealed class JournalProofs(Database database, CheckpointStore checkpoints, JournalKey key)
{
    private const int Batch = 100;

    /// <summary>Facts with their paths to the root of the checkpoint, which is taken now.</summary>
    public async Task<(List<(SealedFact Fact, List<byte[]> Path)> Facts, Checkpoint Checkpoint)> ProveAsync(
        Caller caller, IReadOnlyList<long> positions, DateTimeOffset now, CancellationToken cancellation)
    {
        var checkpoint = await checkpoints.TakeAsync(now, cancellation);
        await RequireAsync(caller, positions, checkpoint.Size, cancellation);
        var facts = await database.ReadAsync(async tx => await ReadAsync(tx, await JournalTiles.OpenAsync(tx), positions, checkpoint.Size), cancellation);
        return (facts, checkpoint);
    }

    public Task<List<byte[]>> ProveConsistencyAsync(long first, long second, CancellationToken cancellation) => database.ReadAsync(async tx =>
    {
        var sealedFacts = (await CheckpointStore.ReadHeadAsync(tx)).Size;
        return first >= 1 && second >= first && sealedFacts >= second
            ? await (await JournalTiles.OpenAsync(tx)).RootsAsync(tx, MerklePaths.Consistency(first, second))
            : throw Refuse.Invalid($"The sizes must be 1 <= first_size <= second_size <= {sealedFacts}, the number of sealed facts; they are {first} and {second}.");
    }, cancellation);

    /// <summary>Writes the file of some facts with their paths, or of all without: whoever has all can build the tree himself.</summary>
    public async Task ExportAsync(
        Caller caller, IReadOnlyList<long> positions, DateTimeOffset now, Func<ReadOnlyMemory<byte>, Task> write, CancellationToken cancellation)
    {
        var checkpoint = await checkpoints.TakeAsync(now, cancellation);
        await RequireAsync(caller, positions, checkpoint.Size, cancellation);
        var (whole, json) = (positions.Count == 0, JournalFileJson.Compact);
        using var file = new SignedFile(write);
        await file.AddAsync(SignedFile.Line(
            new JournalFile.Header(JournalFile.Form, checkpoint.Size, whole ? JournalFile.Whole : JournalFile.Chosen, whole ? checkpoint.Size : positions.Count), json.Header));
        await foreach (var line in whole ? AllAsync(checkpoint.Size, cancellation) : ChosenAsync(positions, checkpoint.Size, cancellation))
        {
            await file.AddAsync(SignedFile.Line(line, json.FactLine));
        }

        await file.AddAsync(SignedFile.Line(JournalFile.CheckpointLine.Of(checkpoint), json.CheckpointLine));
        await file.EndAsync(key);
    }

    /// <summary>In pieces, each in a transaction of its own, so that a slow reader holds nothing up: what is sealed never changes.</summary>
    private async IAsyncEnumerable<JournalFile.FactLine> AllAsync(long size, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var next = 0L; next < size;)
        {
            var from = next;
            var facts = await database.ReadAsync(tx => JournalReader.ListAsync(tx, from, (int)Math.Min(Batch, size - from)), cancellation);
            foreach (var fact in facts)
            {
                yield return JournalFile.FactLine.Of(fact, null);
            }

            next = facts.Count > 0 ? facts[^1].Position + 1 : throw new InvalidDataException($"The journal lacks fact {from}.");
        }
    }

    private async IAsyncEnumerable<JournalFile.FactLine> ChosenAsync(
        IReadOnlyList<long> positions, long size, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var tiles = await database.ReadAsync(JournalTiles.OpenAsync, cancellation);
        foreach (var batch in positions.Chunk(Batch))
        {
            foreach (var (fact, path) in await database.ReadAsync(tx => ReadAsync(tx, tiles, batch, size), cancellation))
            {
                yield return JournalFile.FactLine.Of(fact, path);
            }
        }
    }

    private static async ValueTask<List<(SealedFact Fact, List<byte[]> Path)>> ReadAsync(Tx tx, JournalTiles tiles, IReadOnlyList<long> positions, long size)
    {
        var facts = new List<(SealedFact, List<byte[]>)>();
        foreach (var position in positions)
        {
            var fact = await JournalReader.FindAsync(tx, position) ?? throw new InvalidDataException($"The journal lacks fact {position}.");
            facts.Add((fact, await tiles.RootsAsync(tx, MerklePaths.Inclusion(position, size))));
        }

        return facts;
    }

    /// <summary>Everything that is asked for exists, and the caller may see it; none stands for all of it.</summary>
    private Task<bool> RequireAsync(Caller caller, IReadOnlyList<long> positions, long size, CancellationToken cancellation) => database.ReadAsync(async tx =>
    {
        if (positions.Count == 0)
        {
            caller.RequireRegion(RegionCode.Country);
        }

        foreach (var position in positions)
        {
            var region = position < size ? await JournalReader.FindRegionAsync(tx, position) : null;
            caller.RequireRegion(RegionCode.Trusted(region ?? throw Refuse.Invalid($"Position {position} is not sealed; {size} facts are.")));
        }

        return true;
    }, cancellation);
}
