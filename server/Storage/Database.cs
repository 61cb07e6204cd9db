namespace KtpGrpc.Server.Storage;

/// <summary>
/// The one door to the database. A write is one function of a transaction: all of it is durable when the call returns,
/// or none of it happened. The function may run again, so it touches nothing but its transaction.
/// </summary>
internal abstract class Database : IAsyncDisposable
{
    /// <summary>Whether other servers may work on it at the same time.</summary>
    public abstract bool IsShared { get; }

    /// <summary>Writes that wait for their turn in this process.</summary>
    public virtual int WritesWaiting => 0;

    /// <summary>Runs and commits; answers after the commit.</summary>
    public abstract Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellation);

    /// <summary>Runs against one unchanging picture of the database.</summary>
    public abstract Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellation);

    /// <summary>The database's clock; the system's where the database is in this process.</summary>
    public abstract Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellation);

    public Task WriteAsync(Func<Tx, ValueTask> work, CancellationToken cancellation) => WriteAsync(async tx =>
    {
        await work(tx);
        return true;
    }, cancellation);

    public abstract ValueTask DisposeAsync();
}
