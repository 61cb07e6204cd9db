using KtpGrpc.Server.Storage;

namespace KtpGrpc.Simulation;

/// <summary>
/// The real SQL on SQLite in memory, in the caller's thread, so that a seed runs the same each time. A crash takes the
/// transaction, or the answer after its commit. A whole run is one outer transaction, which is undone for the next.
/// </summary>
internal sealed class SimulatedStore : Database
{
    private readonly SqliteConnectionTx _connection = new("Data Source=:memory:;Pooling=False");
    private Crash _next;

    /// <summary>What a write does next.</summary>
    public enum Crash
    {
        None,
        BeforeCommit,
        AfterCommit,
    }

    /// <summary>Hears of every crash that happened.</summary>
    public Action<Crash> Crashed { get; set; } = _ => { };

    public override bool IsShared => false;

    public void CrashNext(Crash crash) => _next = crash;

    public void BeginRun()
    {
        _connection.Run("BEGIN");
        _next = Crash.None;
    }

    public void UndoRun() => _connection.Run("ROLLBACK");

    public override Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellation)
    {
        var crash = _next;
        _next = Crash.None;
        _connection.Run("SAVEPOINT one");
        try
        {
            var result = Completed(work(_connection).AsTask());
            if (crash == Crash.BeforeCommit)
            {
                throw new StoreCrashedException();
            }

            _connection.Run("RELEASE one");
            return crash == Crash.AfterCommit ? throw new StoreCrashedException() : Task.FromResult(result);
        }
        catch (Exception fault)
        {
            if (crash != Crash.AfterCommit || fault is not StoreCrashedException)
            {
                _connection.Run("ROLLBACK TO one");
                _connection.Run("RELEASE one");
            }

            if (fault is StoreCrashedException)
            {
                Crashed(crash);
            }

            return Task.FromException<T>(fault);
        }
    }

    public override Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellation)
    {
        try
        {
            return work(_connection).AsTask();
        }
        catch (Exception fault)
        {
            return Task.FromException<T>(fault);
        }
    }

    /// <summary>Looks without a server in between.</summary>
    public T Look<T>(Func<Tx, ValueTask<T>> work) => Completed(work(_connection).AsTask());

    public override Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public override ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private static T Completed<T>(Task<T> work) => work.IsCompleted
        ? work.GetAwaiter().GetResult()
        : throw new InvalidOperationException("A transaction waited for something: it may only touch its transaction.");
}

/// <summary>The server died at a transaction.</summary>
internal sealed class StoreCrashedException : Exception;
