using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KtpGrpc.Ctl.Proof;

/// <summary>Checks an export of the journal: each fact's hash, its place in the tree, the checkpoint, the signature.</summary>
internal static class JournalExport
{
    public const string Form = "ktp-journal-export-v1";

    /// <param name="older">A checkpoint that somebody kept; the export must go on from it.</param>
    public static IEnumerable<(string Name, string Value)> Check(SignedFile file, SignedCheckpoint? older)
    {
        using var lines = file.Body().GetEnumerator();
        var header = Canonical.Read(lines.MoveNext() ? lines.Current : throw new FindingException("The file has no header."), ProofJson.Compact.Header, 1);
        var whole = header.Facts == "whole";
        if (header.Form != Form || (!whole && header.Facts != "chosen") || header.TreeSize < 0 || header.Count < 0 || header.Count > header.TreeSize || (whole && header.Count != header.TreeSize))
        {
            throw new FindingException("The header contradicts itself.");
        }

        if (older is not null && older.Size > header.TreeSize)
        {
            throw new FindingException($"The checkpoint tells of {older.Size} facts, and the export of {header.TreeSize} only: facts were cut off, or the export is older than the checkpoint.");
        }

        if (older is not null && !whole && older.Size != header.TreeSize)
        {
            throw new UsageException("An export of chosen facts cannot be compared with another checkpoint: export the whole journal, or use ktpctl journal consistency.");
        }

        var (tree, last, paths) = (new MerkleTree(), -1L, new List<(FactLine Fact, byte[] Hash)>());
        for (var i = 0L; i < header.Count; i++)
        {
            CheckOlder(older, tree, whole);
            var fact = Canonical.Read(lines.MoveNext() ? lines.Current : throw Missing(header.Count, i), ProofJson.Compact.FactLine, file.Number);
            var hash = Canonical.Hash(fact.Hash, $"The hash of fact {fact.Position}");
            if (!HashOf(fact).AsSpan().SequenceEqual(hash))
            {
                throw new FindingException($"Line {file.Number}: fact {fact.Position} does not match its hash.");
            }

            if (fact.Position <= last || fact.Position >= header.TreeSize || (whole && fact.Position != i) || whole != fact.Path is null)
            {
                throw new FindingException($"Line {file.Number}: fact {fact.Position} does not stand where it should.");
            }

            last = fact.Position;
            if (whole)
            {
                tree.Add(hash);
            }
            else
            {
                paths.Add((fact, hash));
            }
        }

        CheckOlder(older, tree, whole);
        var checkpoint = SignedCheckpoint.Of(lines.MoveNext() ? lines.Current : throw Missing(header.Count, header.Count), file.Number);
        if (lines.MoveNext())
        {
            throw new FindingException($"Line {file.Number} is one too many.");
        }

        CheckTree(header, checkpoint, tree, whole, paths);
        if (!checkpoint.PublicKey.AsSpan().SequenceEqual(file.PublicKey) || (older is not null && !older.PublicKey.AsSpan().SequenceEqual(file.PublicKey)))
        {
            throw new FindingException("The checkpoint was signed by another key than the file.");
        }

        return
        [
            ("facts", $"{header.Count}{(whole ? "" : $" of {header.TreeSize}")}"),
            ("root", Convert.ToHexStringLower(checkpoint.Root)),
            .. older is null ? [] : (IEnumerable<(string, string)>)[("goes on from", $"the checkpoint of {older.Size} facts")],
        ];
    }

    private static void CheckTree(Header header, SignedCheckpoint checkpoint, MerkleTree tree, bool whole, List<(FactLine Fact, byte[] Hash)> paths)
    {
        if (checkpoint.Size != header.TreeSize || (whole && !tree.Root.AsSpan().SequenceEqual(checkpoint.Root)))
        {
            throw new FindingException("The facts do not make the tree of the checkpoint.");
        }

        foreach (var (fact, hash) in paths)
        {
            var path = fact.Path!.Select(node => Canonical.Hash(node, $"A node above fact {fact.Position}")).ToList();
            if (!MerkleTree.Includes(hash, fact.Position, header.TreeSize, path, checkpoint.Root))
            {
                throw new FindingException($"The path of fact {fact.Position} does not lead to the checkpoint's root.");
            }
        }
    }

    private static void CheckOlder(SignedCheckpoint? older, MerkleTree tree, bool whole)
    {
        if (whole && older?.Size == tree.Size && !tree.Root.AsSpan().SequenceEqual(older.Root))
        {
            throw new FindingException($"The first {older.Size} facts are not those of the checkpoint: the journal was changed since.");
        }
    }

    private static FindingException Missing(long count, long found) => new($"The header tells of {count} facts, and {found} are there with what follows them.");

    /// <summary>The moment as 8 bytes of Unix milliseconds, big endian, then each text as 4 bytes of length, big endian, and its UTF-8.</summary>
    private static byte[] HashOf(FactLine fact)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, fact.At.ToUnixTimeMilliseconds());
        sha.AppendData(number);
        foreach (var text in (ReadOnlySpan<string>)[fact.Actor, fact.Region, fact.Subject, fact.Kind, fact.Payload])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(number, bytes.Length);
            sha.AppendData(number[..4]);
            sha.AppendData(bytes);
        }

        return sha.GetHashAndReset();
    }

    internal sealed record Header(string Form, long TreeSize, string Facts, long Count);

    internal sealed record FactLine(
        long Position, DateTimeOffset At, string Actor, string Region, string Subject, string Kind, string Payload, string Hash, IReadOnlyList<string>? Path = null);
}
