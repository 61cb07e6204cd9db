using System.Numerics;
using System.Security.Cryptography;

namespace KtpGrpc.Server.Tests.Journal;

/// <summary>RFC 6962 and the checks of RFC 9162, word for word and apart from the server's code; slow and plain.</summary>
internal sealed class Rfc6962(byte[][] leaves)
{
    private readonly Dictionary<(int, int), byte[]> _roots = [];

    /// <summary>MTH(D[from:to]).</summary>
    public byte[] Root(int from, int to)
    {
        if (_roots.TryGetValue((from, to), out var known))
        {
            return known;
        }

        return _roots[(from, to)] = (to - from) switch
        {
            0 => SHA256.HashData([]),
            1 => SHA256.HashData([0, .. leaves[from]]),
            var size => Join(Root(from, from + Split(size)), Root(from + Split(size), to)),
        };
    }

    /// <summary>PATH(m, D[from:to]) of section 2.1.1.</summary>
    public IEnumerable<byte[]> Path(int leaf, int from, int to)
    {
        if (to - from <= 1)
        {
            return [];
        }

        var middle = from + Split(to - from);
        return leaf < middle - from
            ? Path(leaf, from, middle).Append(Root(middle, to))
            : Path(leaf - (middle - from), middle, to).Append(Root(from, middle));
    }

    /// <summary>SUBPROOF(m, D[from:to], whole) of section 2.1.2.</summary>
    public IEnumerable<byte[]> Proof(int first, int from, int to, bool whole = true)
    {
        if (first == to - from)
        {
            return whole ? [] : [Root(from, to)];
        }

        var middle = from + Split(to - from);
        return first <= middle - from
            ? Proof(first, from, middle, whole).Append(Root(middle, to))
            : Proof(first - (middle - from), middle, to, false).Append(Root(from, middle));
    }

    /// <summary>RFC 9162, section 2.1.3.2.</summary>
    public static bool Includes(byte[] leaf, long index, long size, IReadOnlyList<byte[]> path, byte[] root)
    {
        if (index >= size)
        {
            return false;
        }

        var (fn, sn, hash) = (index, size - 1, SHA256.HashData([0, .. leaf]));
        foreach (var node in path)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                hash = Join(node, hash);
                for (; (fn & 1) == 0 && fn != 0; fn >>= 1, sn >>= 1)
                {
                }
            }
            else
            {
                hash = Join(hash, node);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && hash.AsSpan().SequenceEqual(root);
    }

    /// <summary>RFC 9162, section 2.1.4.2.</summary>
    public static bool Extends(long first, byte[] firstRoot, long second, byte[] secondRoot, IReadOnlyList<byte[]> path)
    {
        if (first == second)
        {
            return path.Count == 0 && firstRoot.AsSpan().SequenceEqual(secondRoot);
        }

        var nodes = BitOperations.IsPow2(first) ? [firstRoot, .. path] : path;
        if (nodes.Count == 0)
        {
            return false;
        }

        var (fn, sn) = (first - 1, second - 1);
        for (; (fn & 1) == 1; fn >>= 1, sn >>= 1)
        {
        }

        var (fr, sr) = (nodes[0], nodes[0]);
        foreach (var node in nodes.Skip(1))
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                (fr, sr) = (Join(node, fr), Join(node, sr));
                for (; (fn & 1) == 0 && fn != 0; fn >>= 1, sn >>= 1)
                {
                }
            }
            else
            {
                sr = Join(sr, node);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && fr.AsSpan().SequenceEqual(firstRoot) && sr.AsSpan().SequenceEqual(secondRoot);
    }

    private static byte[] Join(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);

    private static int Split(int size) => 1 << BitOperations.Log2((uint)size - 1);
}
