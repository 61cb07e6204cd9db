using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Journal;

public sealed class MerklePathsTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Most = 600;

    // Each root is one object, so paths are compared by reference.
    private static readonly Rfc6962 _defined = new([.. Enumerable.Range(0, Most).Select(Leaf)]);

    [Fact]
    public void Inclusion_OfEveryLeafOfEverySmallTree_IsThePathOfTheRfc()
    {
        for (var size = 1; size <= Most; size++)
        {
            for (var leaf = 0; leaf < size; leaf++)
            {
                Assert.True(_defined.Path(leaf, 0, size).SequenceEqual(MerklePaths.Inclusion(leaf, size).Select(Root)), $"leaf {leaf} of {size}");
            }
        }
    }

    [Fact]
    public void Consistency_OfEveryPairOfSmallTrees_IsTheProofOfTheRfc()
    {
        for (var second = 1; second <= Most; second++)
        {
            for (var first = 1; first <= second; first++)
            {
                Assert.True(_defined.Proof(first, 0, second).SequenceEqual(MerklePaths.Consistency(first, second).Select(Root)), $"{first} in {second}");
            }
        }
    }

    [Fact]
    public void Subtrees_OfEveryPartOfAPath_AreCompleteAndAligned() => Property.Holds(
        Gen.Choose(1, 1_000_000).SelectMany(size => Gen.Choose(0, size - 1).Select(leaf => (size, leaf))),
        drawn => Assert.All(MerklePaths.Inclusion(drawn.leaf, drawn.size), range =>
        {
            var next = range.From;
            foreach (var (height, index) in MerklePaths.Subtrees(range))
            {
                Assert.Equal(next, index << height);
                next += 1L << height;
            }

            Assert.Equal(range.To, next);
        }));

    [Theory]
    [InlineData(Engine.Sqlite, 100_000)]
    [InlineData(Engine.Postgres, 3_000)]
    public async Task Proofs_FromTheTilesOfALongJournal_HoldAndReadFewRows(Engine engine, int facts)
    {
        await using var journal = await TestJournal.CreateAsync(engine);
        await FillAsync(journal, facts);
        var roots = await RootsAsync(journal);
        var random = new Random(7);
        var (newest, most) = (0, 0);

        for (var i = 0; i < 300; i++)
        {
            var size = i % 2 == 0 ? facts : random.Next(1, facts + 1);
            var (leaf, first) = (random.Next(size), random.Next(1, size + 1));
            var (hash, inclusion, consistency, rows) = await journal.Database.ReadAsync(async tx =>
            {
                var tiles = await JournalTiles.OpenAsync(tx);
                var path = await tiles.RootsAsync(tx, MerklePaths.Inclusion(leaf, size));
                var read = tiles.RowsRead;
                var proof = await tiles.RootsAsync(tx, MerklePaths.Consistency(first, size));
                return ((await JournalReader.FindAsync(tx, leaf))!.Hash, path, proof, read);
            }, CancellationToken.None);

            Assert.True(Rfc6962.Includes(hash, leaf, size, inclusion, roots[size]), $"leaf {leaf} of {size}");
            Assert.True(Rfc6962.Extends(first, roots[first], size, roots[size], consistency), $"{first} in {size}");
            Assert.False(Rfc6962.Includes(SHA256.HashData(hash), leaf, size, inclusion, roots[size]));
            (newest, most) = (Math.Max(newest, size == facts ? rows : 0), Math.Max(most, rows));
        }

        // Two levels of 256 and what is above; the right edge of an old tree costs as much again, that of the newest is at hand.
        output.WriteLine($"Of {facts} facts, a proof in the newest tree reads {newest} rows at most, in an older one {most}.");
        Assert.InRange(newest, 1, 2 * 256 + 16);
        Assert.InRange(most, 1, 4 * 256 + 16);
    }

    [Fact]
    public async Task Proofs_InTheOrderOfTheirPositions_ReadEachTileOnce()
    {
        await using var journal = await TestJournal.CreateAsync(Engine.Sqlite);
        await FillAsync(journal, 5_000);

        var rows = await journal.Database.ReadAsync(async tx =>
        {
            var tiles = await JournalTiles.OpenAsync(tx);
            for (var leaf = 0; leaf < 5_000; leaf++)
            {
                await tiles.RootsAsync(tx, MerklePaths.Inclusion(leaf, 5_000));
            }

            return tiles.RowsRead;
        }, CancellationToken.None);

        Assert.InRange(rows, 5_000, 5_000 + 3 * 256);
    }

    /// <summary>Facts that nobody folds: only their hashes matter here.</summary>
    private static async Task FillAsync(TestJournal journal, int facts)
    {
        await journal.Database.WriteAsync(async tx =>
        {
            for (var i = 0; i < facts; i++)
            {
                await tx.ExecuteAsync(
                    "INSERT INTO journal (at, actor, region, subject, kind, payload, hash) VALUES (0, 'server', '', 'test', 'tests.leaf', '', $1)", Leaf(i));
            }
        }, CancellationToken.None);
        await journal.SealAllAsync();
    }

    private static async Task<byte[][]> RootsAsync(TestJournal journal)
    {
        var tree = new MerkleTree();
        var roots = new List<byte[]> { tree.Root };
        foreach (var hash in await journal.Database.ReadAsync(tx => tx.ListAsync("SELECT hash FROM journal ORDER BY position", row => row.GetBytes(0)), CancellationToken.None))
        {
            tree.Add(hash);
            roots.Add(tree.Root);
        }

        return [.. roots];
    }

    private static byte[] Root(LeafRange range) => _defined.Root((int)range.From, (int)range.To);

    private static byte[] Leaf(int i) => SHA256.HashData(BitConverter.GetBytes(i));
}
