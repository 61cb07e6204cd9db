using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>
/// Reads roots of parts of the tree from the rows of journal_tiles and, below them, of the journal: at most 256 rows for each
/// level of 256, that is a few hundred for a proof in a journal of millions. It keeps the tile of each level that it read last, so
/// proofs in the order of their positions read each tile once. What it keeps never changes, so it serves several transactions.
/// </summary>
internal sealed class JournalTiles
{
    private const int Height = JournalSealer.TileHeight;
    private const int Width = 1 << Height;

    private readonly Dictionary<(int Height, long Index), byte[]> _peaks = [];
    private readonly Dictionary<LeafRange, byte[]> _ragged = [];
    private readonly Dictionary<int, Tile> _lastTiles = [];

    private JournalTiles()
    {
    }

    /// <summary>How many rows were read so far.</summary>
    public int RowsRead { get; private set; }

    /// <summary>The head's own complete subtrees are the right edge of nearly every tree that is asked for.</summary>
    public static async ValueTask<JournalTiles> OpenAsync(Tx tx)
    {
        var head = await CheckpointStore.ReadHeadAsync(tx);
        var (tiles, peaks) = (new JournalTiles(), head.Peaks);
        foreach (var (subtree, i) in MerklePaths.Subtrees(new LeafRange(0, head.Size)).Select((subtree, i) => (subtree, i)))
        {
            tiles._peaks[subtree] = peaks[(i * MerkleTree.HashSize)..((i + 1) * MerkleTree.HashSize)];
        }

        return tiles;
    }

    public async ValueTask<List<byte[]>> RootsAsync(Tx tx, IEnumerable<LeafRange> ranges)
    {
        var roots = new List<byte[]>();
        foreach (var range in ranges)
        {
            roots.Add(await RootAsync(tx, range));
        }

        return roots;
    }

    private async ValueTask<byte[]> RootAsync(Tx tx, LeafRange range)
    {
        if (_ragged.TryGetValue(range, out var known))
        {
            return known;
        }

        var subtrees = new List<byte[]>();
        foreach (var (height, index) in MerklePaths.Subtrees(range))
        {
            subtrees.Add(await SubtreeAsync(tx, height, index));
        }

        var root = MerkleTree.RootOf(subtrees);
        if (subtrees.Count > 1)
        {
            // Only the right edge of a tree is ragged: there are few of these.
            _ragged[range] = root;
        }

        return root;
    }

    private async ValueTask<byte[]> SubtreeAsync(Tx tx, int height, long index)
    {
        if (_peaks.TryGetValue((height, index), out var peak))
        {
            return peak;
        }

        var (level, above) = Math.DivRem(height, Height);
        var number = index >> (Height - above);
        if (!_lastTiles.TryGetValue(level, out var tile) || tile.Number != number || !tile.Has(above, index))
        {
            _lastTiles[level] = tile = new Tile(number, await ReadAsync(tx, level, number * Width));
        }

        return tile.Has(above, index)
            ? tile.Node(above, index)
            : throw new InvalidDataException($"The journal's tree lacks rows of level {level} from {number * Width} on.");
    }

    private async ValueTask<List<byte[]>> ReadAsync(Tx tx, int level, long first)
    {
        var rows = await tx.ListAsync(
            level == 0
                ? "SELECT position, hash FROM journal WHERE position >= $1 AND position < $2 ORDER BY position"
                : $"SELECT number, root FROM journal_tiles WHERE level = {level} AND number >= $1 AND number < $2 ORDER BY number",
            row => (Number: row.GetInt64(0), Hash: row.GetBytes(1)), first, first + Width);
        RowsRead += rows.Count;

        // A gap ends what can be used.
        return [.. rows.TakeWhile((row, i) => row.Number == first + i).Select(row => level == 0 ? MerkleTree.LeafHash(row.Hash) : row.Hash)];
    }

    /// <summary>Up to 256 neighbours and the complete subtrees above them.</summary>
    private sealed class Tile
    {
        private readonly List<List<byte[]>> _layers;

        public Tile(long number, List<byte[]> lowest)
        {
            Number = number;
            _layers = [lowest];
            while (_layers[^1].Count > 1)
            {
                var below = _layers[^1];
                _layers.Add([.. Enumerable.Range(0, below.Count / 2).Select(i => MerkleTree.Join(below[2 * i], below[2 * i + 1]))]);
            }
        }

        public long Number { get; }

        public bool Has(int above, long index) => above < _layers.Count && Place(above, index) < _layers[above].Count;

        public byte[] Node(int above, long index) => _layers[above][Place(above, index)];

        private int Place(int above, long index) => (int)(index - (Number << (Height - above)));
    }
}
