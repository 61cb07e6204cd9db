using System.Security.Cryptography;
using KtpGrpc.Server.Journal;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Journal;

/// <summary>Whoever can write to the database changes something; a verification must tell.</summary>
public sealed class TamperTests
{
    private const int Facts = 6;

    [Theory]
    [InlineData("UPDATE journal SET payload = REPLACE(payload, 'name 2', 'NAME 2') WHERE position = 2", "does not match its hash")]
    [InlineData("UPDATE journal SET actor = 'operator:other' WHERE position = 2", "does not match its hash")]
    [InlineData("UPDATE journal SET region = '54' WHERE position = 2", "does not match its hash")]
    [InlineData("UPDATE journal SET subject = 'region/54' WHERE position = 2", "does not match its hash")]
    [InlineData("UPDATE journal SET at = at + 1 WHERE position = 2", "does not match its hash")]
    [InlineData("UPDATE journal SET kind = 'stations.joined' WHERE position = 2", "does not match its hash")]
    [InlineData("UPDATE journal SET kind = 'no.such-kind' WHERE position = 2", "cannot be applied")]
    [InlineData("UPDATE journal SET payload = 'not JSON' WHERE position = 2", "cannot be applied")]
    [InlineData("UPDATE journal SET payload = 'null' WHERE position = 2", "cannot be applied")]
    [InlineData("UPDATE journal SET hash = payload_hash.hash FROM (SELECT hash FROM journal WHERE position = 1) AS payload_hash WHERE position = 2", "does not match its hash")]
    [InlineData("UPDATE journal SET position = CASE position WHEN 2 THEN -1 ELSE -2 END WHERE position IN (2, 3); UPDATE journal SET position = CASE position WHEN -1 THEN 3 ELSE 2 END WHERE position < 0", "another root than its checkpoint")]
    [InlineData("DELETE FROM journal WHERE position = 2", "stands where 2 should")]
    [InlineData("DELETE FROM journal WHERE position = 5", "only 5 are there")]
    [InlineData("DELETE FROM journal", "only 0 are there")]
    [InlineData("UPDATE journal_head SET size = size + 1", "The head cannot be read")]
    [InlineData("UPDATE journal_head SET peaks = (SELECT hash FROM journal WHERE position = 0), size = 1", "The head tells of 1 facts")]
    [InlineData("UPDATE regions SET name = 'by hand'", "Table regions has a row that no fact explains")]
    [InlineData("DELETE FROM regions", "Table regions lacks a row")]
    [InlineData("INSERT INTO regions (code, name) VALUES ('99', 'by hand')", "Table regions has a row that no fact explains")]
    [InlineData("UPDATE journal_checkpoints SET root = (SELECT hash FROM journal WHERE position = 0)", "another root than its checkpoint")]
    [InlineData("UPDATE journal_checkpoints SET signature = public_key", "not signed by this journal's key")]
    [InlineData("UPDATE journal_checkpoints SET public_key = signature", "not signed by this journal's key")]
    [InlineData("UPDATE journal_checkpoints SET at = at + 1", "not signed by this journal's key")]
    [InlineData("UPDATE journal_checkpoints SET size = 60", "A checkpoint tells of 60 facts")]
    public async Task Tampering_OfAnyKind_IsFoundOnBothEngines(string sql, string fault)
    {
        foreach (var engine in (Engine[])[Engine.Sqlite, Engine.Postgres])
        {
            await using var journal = await SealedAsync(engine);
            Assert.Empty(await journal.VerifyAsync());

            foreach (var statement in sql.Split("; "))
            {
                await journal.ExecuteAsync(statement);
            }

            Assert.Contains(await journal.VerifyAsync(), found => found.Contains(fault, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("UPDATE journal_tiles SET root = (SELECT hash FROM journal WHERE position = 0)", "Subtree 0 of level 1 is not the one that its facts make")]
    [InlineData("DELETE FROM journal_tiles", "Subtree 0 of level 1 is not the one that its facts make")]
    [InlineData("INSERT INTO journal_tiles (level, number, root) SELECT 1, 7, hash FROM journal WHERE position = 0", "2 subtrees are kept, and 300 facts have 1")]
    public async Task Subtree_TamperedWith_IsFoundOnBothEngines(string sql, string fault)
    {
        foreach (var engine in (Engine[])[Engine.Sqlite, Engine.Postgres])
        {
            await using var journal = await TestJournal.CreateAsync(engine);
            await journal.Database.WriteAsync(async tx =>
            {
                for (var i = 0; i < 300; i++)
                {
                    await journal.AcceptAsync(tx, "53", $"name {i}");
                }
            }, CancellationToken.None);
            await journal.SealAllAsync();
            Assert.Empty(await journal.VerifyAsync());

            await journal.ExecuteAsync(sql);

            Assert.Contains(await journal.VerifyAsync(), found => found.Contains(fault, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Fact_RewrittenWithItsHashAndTheHead_IsFoundByTheCheckpoint(Engine engine)
    {
        await using var journal = await SealedAsync(engine);
        var facts = await journal.FactsAsync();
        var rewritten = facts[2] with { Actor = "operator:other" };
        rewritten = rewritten with { Hash = JournalWriter.Hash(rewritten.At, rewritten.Actor, rewritten.Region, rewritten.Subject, rewritten.Kind, rewritten.Payload) };
        var tree = TreeOf(facts.Select(fact => fact.Position == 2 ? rewritten : fact));

        await journal.ExecuteAsync("UPDATE journal SET actor = $1, hash = $2 WHERE position = 2", rewritten.Actor, rewritten.Hash);
        await journal.ExecuteAsync("UPDATE journal_head SET peaks = $1", tree.Peaks);

        Assert.Equal([$"The tree of size {Facts} has another root than its checkpoint."], await journal.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Tail_CutOffTogetherWithTheHead_IsFoundByTheCheckpoint(Engine engine)
    {
        await using var journal = await SealedAsync(engine);
        var tree = TreeOf((await journal.FactsAsync()).SkipLast(1));

        await journal.ExecuteAsync("DELETE FROM journal WHERE position = 5");
        await journal.ExecuteAsync("UPDATE journal_head SET size = $1, peaks = $2", tree.Size, tree.Peaks);

        Assert.Contains($"A checkpoint tells of {Facts} facts, but only {Facts - 1} are there.", await journal.VerifyAsync());
    }

    [Fact]
    public async Task Checkpoint_SignedAnewByAnotherKey_IsFound()
    {
        await using var journal = await SealedAsync(Engine.Sqlite);
        using var folder = new TempFolder();
        using var other = new JournalKey(new KtpGrpc.Server.Storage.DataFolder(folder["data"]));
        var forged = Checkpoint.Sign(Facts, SHA256.HashData("forged"u8), TestJournal.Now, other);

        await journal.ExecuteAsync("UPDATE journal_checkpoints SET root = $1, signature = $2, public_key = $3", forged.Root, forged.Signature, forged.PublicKey);

        Assert.True(forged.IsSigned());
        Assert.Contains($"The checkpoint of size {Facts} is not signed by this journal's key.", await journal.VerifyAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Checkpoint_TakenTwiceAtOneHead_IsOneAndSigned(Engine engine)
    {
        await using var journal = await SealedAsync(engine);

        var taken = await Task.WhenAll(Enumerable.Range(1, 4).Select(minute => journal.Checkpoints.TakeAsync(TestJournal.Now.AddMinutes(minute), CancellationToken.None)));
        await journal.AcceptAsync("53", "one more");
        await journal.SealAllAsync();
        var next = await Task.WhenAll(Enumerable.Range(1, 4).Select(minute => journal.Checkpoints.TakeAsync(TestJournal.Now.AddMinutes(minute), CancellationToken.None)));

        Assert.All(taken, checkpoint => Assert.Equal((Facts, TestJournal.Now), (checkpoint.Size, checkpoint.At)));
        Assert.Single(next.Select(checkpoint => Convert.ToHexString(checkpoint.Signature)).Distinct());
        Assert.All(next, checkpoint => Assert.True(checkpoint.Size == Facts + 1 && checkpoint.IsSigned() && !(checkpoint with { Size = Facts }).IsSigned()));
    }

    /// <summary>Six facts, sealed, with a checkpoint over them.</summary>
    private static async Task<TestJournal> SealedAsync(Engine engine)
    {
        var journal = await TestJournal.CreateAsync(engine);
        for (var i = 0; i < Facts; i++)
        {
            await journal.AcceptAsync("53", $"name {i}");
        }

        await journal.SealAllAsync();
        await journal.Checkpoints.TakeAsync(TestJournal.Now, CancellationToken.None);
        return journal;
    }

    private static MerkleTree TreeOf(IEnumerable<SealedFact> facts)
    {
        var tree = new MerkleTree();
        foreach (var fact in facts)
        {
            tree.Add(fact.Hash);
        }

        return tree;
    }
}
