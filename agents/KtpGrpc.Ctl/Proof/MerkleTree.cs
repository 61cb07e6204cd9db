using System.Numerics;
using System.Security.Cryptography;

namespace KtpGrpc.Ctl.Proof;

/// <summary>The tree of RFC 6962 as whoever checks it needs it; a second writing of it, apart from the server's.</summary>
internal sealed class MerkleTree
{
    private readonly Stack<(int Height, byte[] Root)> _complete = new();

    public long Size { get; private set; }

    public byte[] Root => _complete.Count == 0
        ? SHA256.HashData([])
        : _complete.Select(subtree => subtree.Root).Aggregate((right, left) => Node(left, right));

    public void Add(byte[] data)
    {
        var (height, root) = (0, Leaf(data));
        while (_complete.TryPeek(out var left) && left.Height == height)
        {
            _complete.Pop();
            (height, root) = (height + 1, Node(left.Root, root));
        }

        _complete.Push((height, root));
        Size++;
    }

    /// <summary>RFC 9162, section 2.1.3.2.</summary>
    public static bool Includes(byte[] data, long index, long size, IReadOnlyList<byte[]> path, byte[] root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (fn, sn, hash) = (index, size - 1, Leaf(data));
        foreach (var node in path)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                hash = Node(node, hash);
                Rise(ref fn, ref sn);
            }
            else
            {
                hash = Node(hash, node);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && hash.AsSpan().SequenceEqual(root);
    }

    /// <summary>RFC 9162, section 2.1.4.2.</summary>
    public static bool Extends(long first, byte[] firstRoot, long second, byte[] secondRoot, IReadOnlyList<byte[]> path)
    {
        if (first < 1 || first > second)
        {
            return false;
        }

        if (first == second)
        {
            return path.Count == 0 && firstRoot.AsSpan().SequenceEqual(secondRoot);
        }

        IReadOnlyList<byte[]> nodes = BitOperations.IsPow2(first) ? [firstRoot, .. path] : path;
        if (nodes.Count == 0)
        {
            return false;
        }

        var (fn, sn) = (first - 1, second - 1);
        for (; (fn & 1) == 1; fn >>= 1, sn >>= 1)
        {
        }

        var (old, young) = (nodes[0], nodes[0]);
        foreach (var node in nodes.Skip(1))
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                (old, young) = (Node(node, old), Node(node, young));
                Rise(ref fn, ref sn);
            }
            else
            {
                young = Node(young, node);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && old.AsSpan().SequenceEqual(firstRoot) && young.AsSpan().SequenceEqual(secondRoot);
    }

    private static void Rise(ref long fn, ref long sn)
    {
        for (; (fn & 1) == 0 && fn != 0; fn >>= 1, sn >>= 1)
        {
        }
    }

    private static byte[] Leaf(byte[] data) => SHA256.HashData([0, .. data]);

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
