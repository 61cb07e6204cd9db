using System.Text;

namespace KtpGrpc.Server.Rpc;

/// <summary>A page of a list that is ordered by a key: the page token is the last key that was shown.</summary>
internal readonly record struct Page(int Size, string After)
{
    private const int Usual = 100;
    private const int Most = 1000;

    public static Page Of(int pageSize, string pageToken)
    {
        var size = (int)Require.Within(pageSize, "page_size", 0, Most);
        try
        {
            var after = Encoding.UTF8.GetString(Convert.FromBase64String(pageToken));
            return after.Contains('\0') ? throw new FormatException() : new Page(size == 0 ? Usual : size, after);
        }
        catch (FormatException)
        {
            throw Refuse.Invalid("page_token is not one that a list returned: send it as it came, or leave it empty.");
        }
    }

    /// <summary>Rows to ask for: one more than shown tells whether there is a next page.</summary>
    public int Limit => Size + 1;

    /// <summary>All rows of a list, read page by page: a country is not held in memory, nor a transaction while a slow reader takes it.</summary>
    public static async IAsyncEnumerable<T> AllAsync<T>(Func<string, int, Task<List<T>>> pageAfter, Func<T, string> key)
    {
        List<T> rows;
        for (var after = ""; (rows = await pageAfter(after, Most)).Count > 0; after = key(rows[^1]))
        {
            foreach (var row in rows)
            {
                yield return row;
            }
        }
    }

    /// <summary>Cuts the extra row off and gives the token of the next page, empty on the last.</summary>
    public string Cut<T>(List<T> rows, Func<T, string> key)
    {
        if (rows.Count <= Size)
        {
            return "";
        }

        rows.RemoveRange(Size, rows.Count - Size);
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(key(rows[^1])));
    }
}
