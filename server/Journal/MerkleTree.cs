using System.Security.Cryptography;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// The growing edge of a Merkle tree as RFC 6962, section 2.1, defines it: the roots of its complete subtrees, largest
/// first. Adding a leaf costs O(1) on average; the root is their hash from the right.
/// </summary>
internal sealed class MerkleTree
{
    public const int HashSize = 32;

    private readonly List<byte[]> _peaks = [];

    public MerkleTree()
    {
    }

    /// <param name="peaks">What <see cref="Peaks"/> gave for this size.</param>
    public MerkleTree(long size, ReadOnlySpan<byte> peaks)
    {
        if (peaks.Length != HashSize * System.Numerics.BitOperations.PopCount((ulong)size))
        {
            throw new InvalidDataException($"A tree of {size} leaves cannot have {peaks.Length / HashSize} complete subtrees.");
        }

        Size = size;
        for (; peaks.Length > 0; peaks = peaks[HashSize..])
        {
            _peaks.Add(peaks[..HashSize].ToArray());
        }
    }

    public long Size { get; private set; }

    public byte[] Peaks => [.. _peaks.SelectMany(peak => peak)];

    public byte[] Root => RootOf(_peaks);

    /// <summary>The root above complete subtrees, largest first.</summary>
    public static byte[] RootOf(List<byte[]> peaks)
    {
        if (peaks.Count == 0)
        {
            return SHA256.HashData([]);
        }

        var root = peaks[^1];
        for (var i = peaks.Count - 2; i >= 0; i--)
        {
            root = Join(peaks[i], root);
        }

        return root;
    }

    /// <summary>Adds a leaf; <paramref name="completed"/> hears of each subtree it completes: its height and its root.</summary>
    public void Add(ReadOnlySpan<byte> leaf, Action<int, byte[]>? completed = null)
    {
        var node = LeafHash(leaf);
        var height = 0;
        for (; (Size >> height & 1) == 1; height++)
        {
            node = Join(_peaks[^1], node);
            _peaks.RemoveAt(_peaks.Count - 1);
            completed?.Invoke(height + 1, node);
        }

        _peaks.Add(node);
        Size++;
    }

    public static byte[] LeafHash(ReadOnlySpan<byte> data)
    {
        var input = data.Length <= HashSize ? stackalloc byte[1 + data.Length] : new byte[1 + data.Length];
        input[0] = 0;
        data.CopyTo(input[1..]);
        return SHA256.HashData(input);
    }

    public static byte[] Join(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * HashSize];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashSize)..]);
        return SHA256.HashData(input);
    }
}
