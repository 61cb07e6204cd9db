using System.Numerics;

namespace KtpGrpc.Server.Journal;

/// <summary>The leaves from one to before another. Its root is what RFC 6962, section 2.1, calls MTH of them.</summary>
internal readonly record struct LeafRange(long From, long To);

/// <summary>Which parts of a tree a proof of RFC 6962 consists of; where their roots are kept is somebody else's.</summary>
internal static class MerklePaths
{
    /// <summary>The audit path of a leaf in the tree of a size (section 2.1.1), from its neighbour upwards.</summary>
    public static List<LeafRange> Inclusion(long leaf, long size)
    {
        var path = new List<LeafRange>();
        var (from, to) = (0L, size);
        while (to - from > 1)
        {
            var middle = Middle(from, to);
            if (leaf < middle)
            {
                path.Add(new LeafRange(middle, to));
                to = middle;
            }
            else
            {
                path.Add(new LeafRange(from, middle));
                from = middle;
            }
        }

        path.Reverse();
        return path;
    }

    /// <summary>The proof that the tree of the first size is the beginning of the tree of the second (section 2.1.2).</summary>
    public static List<LeafRange> Consistency(long first, long second)
    {
        var path = new List<LeafRange>();
        var (from, to) = (0L, second);
        while (first != to)
        {
            var middle = Middle(from, to);
            if (first <= middle)
            {
                path.Add(new LeafRange(middle, to));
                to = middle;
            }
            else
            {
                path.Add(new LeafRange(from, middle));
                from = middle;
            }
        }

        // The whole first tree is known to whoever checks; only a part of it must be told.
        if (from > 0)
        {
            path.Add(new LeafRange(from, to));
        }

        path.Reverse();
        return path;
    }

    /// <summary>The complete subtrees that make up a part of a tree, largest first: 2^height leaves, of which there are index before it.</summary>
    public static IEnumerable<(int Height, long Index)> Subtrees(LeafRange range)
    {
        for (var from = range.From; from < range.To;)
        {
            var height = BitOperations.Log2((ulong)(range.To - from));
            yield return (height, from >> height);
            from += 1L << height;
        }
    }

    /// <summary>A tree is split at the largest power of two that is smaller than it.</summary>
    private static long Middle(long from, long to) => from + (1L << BitOperations.Log2((ulong)(to - from - 1)));
}
