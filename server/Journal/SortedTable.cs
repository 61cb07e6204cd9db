using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>A table row by row, in the order of its primary key, read in pages; alike on both engines, which sort texts byte by byte.</summary>
internal sealed class SortedTable
{
    private const int Page = 500;

    private readonly Tx _tx;
    private readonly string[] _key;
    private readonly Queue<(object[] Key, string Line)> _page = new();
    private object[] _at = [];

    private SortedTable(Tx tx, string name, string[] key) => (_tx, Name, _key) = (tx, name, key);

    public string Name { get; }

    /// <summary>The row it stands at, as one line of text; null behind the last.</summary>
    public string? Row { get; private set; }

    /// <param name="described">A SQLite database of the same migrations, which tells the key.</param>
    public static async ValueTask<SortedTable> OpenAsync(Tx tx, Tx described, string name)
    {
        var key = await described.ListAsync("SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk", row => row.GetString(0), name);
        if (key.Count == 0)
        {
            throw new InvalidDataException($"Table {name} has no primary key, by which it could be compared.");
        }

        var table = new SortedTable(tx, name, [.. key]);
        await table.MoveAsync();
        return table;
    }

    public async ValueTask MoveAsync()
    {
        if (_page.Count == 0)
        {
            await ReadPageAsync();
        }

        (_at, Row) = _page.TryDequeue(out var next) ? (next.Key, next.Line) : (_at, null);
    }

    /// <summary>Which of two stands at the lower key; one behind its last row stands highest.</summary>
    public static int Compare(SortedTable one, SortedTable other) => (one.Row, other.Row) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        _ => one._at.Zip(other._at, Compare).FirstOrDefault(order => order != 0),
    };

    private async ValueTask ReadPageAsync()
    {
        var columns = string.Join(", ", _key);
        var after = _at.Length == 0 ? "" : $"WHERE ({columns}) > ({string.Join(", ", _key.Select((_, index) => $"${index + 1}"))})";
        await _tx.ReadAsync($"SELECT * FROM {Name} {after} ORDER BY {columns} LIMIT {Page}", row =>
        {
            _page.Enqueue(([.. _key.Select(column => row.GetValue(Enumerable.Range(0, row.FieldCount).First(index => row.GetName(index) == column))!)], Line(row)));
            return true;
        }, [.. _at]);
    }

    private static int Compare(object one, object other) => (one, other) switch
    {
        (string a, string b) => System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        (long a, long b) => a.CompareTo(b),

        // A key of another type than its column's was put there by hand: it is told as a row too many.
        _ => string.CompareOrdinal(Text(one), Text(other)),
    };

    private static string Line(Row row) => string.Join(", ", Enumerable.Range(0, row.FieldCount)
        .Select(column => $"{row.GetName(column)}={Text(row.GetValue(column))}")
        .Order(StringComparer.Ordinal));

    private static string Text(object? value) => value switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        bool flag => flag ? "1" : "0",
        double real => real.ToString("R"),
        _ => value.ToString()!,
    };
}
