namespace KtpGrpc.Server.Storage;

/// <summary>The row that a query stands on, read while it stands there: moments as <see cref="Tx"/> stores them, columns from 0.</summary>
internal abstract class Row
{
    public abstract int FieldCount { get; }

    public abstract string GetName(int column);

    public abstract bool IsNull(int column);

    /// <exception cref="InvalidCastException">The column is null.</exception>
    public abstract long GetInt64(int column);

    /// <exception cref="InvalidCastException">The column is null.</exception>
    public abstract double GetDouble(int column);

    /// <exception cref="InvalidCastException">The column is null.</exception>
    public abstract string GetString(int column);

    /// <exception cref="InvalidCastException">The column is null.</exception>
    public abstract byte[] GetBytes(int column);

    /// <summary>As the engine keeps it: a long, double, string or bytes; null where it is null.</summary>
    public abstract object? GetValue(int column);

    public DateTimeOffset GetMoment(int column) => DateTimeOffset.FromUnixTimeMilliseconds(GetInt64(column));

    public DateTimeOffset? GetMomentOrNull(int column) => IsNull(column) ? null : GetMoment(column);

    public virtual string? GetStringOrNull(int column) => IsNull(column) ? null : GetString(column);
}
