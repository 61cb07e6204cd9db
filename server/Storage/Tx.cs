
namespace KtpGrpc.Server.Storage;

/// <summary>
/// A running transaction. Arguments bind to $1, $2, … in order; moments are stored as Unix milliseconds and enums as
/// numbers, on both engines alike.
/// </summary>
internal abstract class Tx(Dialect dialect, CancellationToken cancellation)
{
    public Dialect Dialect { get; } = dialect;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Runs a statement and tells how many rows it changed.</summary>
    public abstract ValueTask<int> ExecuteAsync(string sql, params object?[] arguments);

    /// <summary>Runs a statement once for each row of arguments; over a network they travel together.</summary>
    public virtual async ValueTask ExecuteManyAsync(string sql, IReadOnlyList<object?[]> rows)
    {
        foreach (var arguments in rows)
        {
            await ExecuteAsync(sql, arguments);
        }
    }

    /// <summary>Runs a query, reading each row as it comes; false from <paramref name="row"/> ends it.</summary>
    public abstract ValueTask ReadAsync(string sql, Func<Row, bool> row, params object?[] arguments);

    public async ValueTask<List<T>> ListAsync<T>(string sql, Func<Row, T> read, params object?[] arguments)
    {
        var rows = new List<T>();
        await ReadAsync(sql, reader =>
        {
            rows.Add(read(reader));
            return true;
        }, arguments);
        return rows;
    }

    /// <summary>The first row, or the default of <typeparamref name="T"/> where there is none.</summary>
    public async ValueTask<T?> FirstAsync<T>(string sql, Func<Row, T> read, params object?[] arguments)
    {
        T? first = default;
        await ReadAsync(sql, reader =>
        {
            first = read(reader);
            return false;
        }, arguments);
        return first;
    }

    /// <summary>The first column of the first row as a number; 0 where there is none.</summary>
    public ValueTask<long> NumberAsync(string sql, params object?[] arguments) =>
        FirstAsync(sql, reader => reader.IsNull(0) ? 0L : reader.GetInt64(0), arguments);

    /// <summary>What an argument is stored as.</summary>
    public static object? ToStored(object? value) => value switch
    {
        DateTimeOffset moment => moment.ToUnixTimeMilliseconds(),
        Enum number => Convert.ToInt64(number),
        ulong number => unchecked((long)number),
        _ => value,
    };
}
