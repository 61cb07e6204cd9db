using KtpGrpc.Server.Storage;

namespace KtpGrpc.Testing;

/// <summary>All that a table holds as lines in an order of their own, to be compared with what it held before or ought to hold.</summary>
internal static class Rows
{
    public static async ValueTask<List<string>> OfAsync(Tx tx, string table)
    {
        var lines = await tx.ListAsync($"SELECT * FROM {table}", row =>
        {
            var values = Enumerable.Range(0, row.FieldCount).Select(row.GetValue);
            return $"{table}: {string.Join('|', values.Select(value => value is byte[] bytes ? Convert.ToHexString(bytes) : value?.ToString()))}";
        });
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public static async ValueTask<List<string>> OfAsync(Tx tx, IEnumerable<string> tables)
    {
        var lines = new List<string>();
        foreach (var table in tables)
        {
            lines.AddRange(await OfAsync(tx, table));
        }

        return lines;
    }
}
