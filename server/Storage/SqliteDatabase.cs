using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace KtpGrpc.Server.Storage;

/// <summary>
/// The embedded engine: one file, WAL, <c>synchronous=FULL</c>. One thread writes; the writes that wait share a commit, and
/// one that fails takes nothing with it.
/// </summary>
internal sealed class SqliteDatabase : Database
{
    /// <summary>Writes that may share a commit: enough to hide the disk's sync, few enough to keep the first one's wait short.</summary>
    private const int GroupLimit = 256;

    private readonly string _readConnectionString;
    private readonly bool _inMemory;
    private readonly TimeProvider _time;
    private readonly int _groupLimit;
    private readonly SqliteConnectionTx _writer;
    private readonly ConcurrentBag<SqliteConnectionTx> _readers = [];
    private readonly Channel<Write> _queue = Channel.CreateBounded<Write>(new BoundedChannelOptions(4096)
    {
        // Waits: a caller that is faster than the disk is slowed, not refused.
        FullMode = BoundedChannelFullMode.Wait,
        SingleReader = true,
    });

    private readonly Thread _thread;

    /// <param name="path">The file, or <c>:memory:</c> for a database that lives and dies with this object.</param>
    public SqliteDatabase(string path, TimeProvider time, int groupLimit = GroupLimit)
    {
        _inMemory = path == ":memory:";
        _time = time;
        _groupLimit = groupLimit;
        _readConnectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();
        _writer = new SqliteConnectionTx(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _writer.Run("PRAGMA journal_mode = WAL");
        _writer.Run("PRAGMA synchronous = FULL");
        _writer.Run("PRAGMA foreign_keys = ON");
        _writer.Run("PRAGMA cache_size = -65536");
        _thread = new Thread(WriteGroups) { Name = "sqlite-writer", IsBackground = true };
        _thread.Start();
    }

    public override bool IsShared => false;

    public override int WritesWaiting => _queue.Reader.Count;

    public override async Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellation)
    {
        var write = new Write<T>(work);
        await _queue.Writer.WriteAsync(write, cancellation);
        return await write.Committed;
    }

    public override async Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellation)
    {
        if (_inMemory)
        {
            return await WriteAsync(work, cancellation);
        }

        if (!_readers.TryTake(out var reader))
        {
            reader = new SqliteConnectionTx(_readConnectionString);
        }

        reader.Run("BEGIN");
        try
        {
            return await work(reader);
        }
        finally
        {
            reader.Run("COMMIT");
            _readers.Add(reader);
        }
    }

    public override Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellation) => Task.FromResult(_time.GetUtcNow());

    public override ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        foreach (var reader in _readers)
        {
            reader.Dispose();
        }

        _writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private void WriteGroups()
    {
        var group = new List<Write>(_groupLimit);
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (group.Count < _groupLimit && _queue.Reader.TryRead(out var write))
            {
                group.Add(write);
            }

            Commit(group);
            group.Clear();
        }
    }

    private void Commit(List<Write> group)
    {
        try
        {
            _writer.Run("BEGIN IMMEDIATE");
            if (!TryRunTogether(group))
            {
                RollBack();
                _writer.Run("BEGIN IMMEDIATE");
                RunApart(group);
            }

            _writer.Run("COMMIT");
        }
        catch (Exception fault)
        {
            RollBack();
            group.ForEach(write => write.Fail(fault));
            return;
        }

        group.ForEach(write => write.Answer());
    }

    /// <summary>False where one failed that had changed something. Refusals come before the first change, so most groups need no savepoints.</summary>
    private bool TryRunTogether(List<Write> group)
    {
        foreach (var write in group)
        {
            var changes = _writer.Changes;
            if (!write.TryRun(_writer) && (_writer.Changes != changes || !_writer.InTransaction))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Each in a savepoint of its own, so that one that fails takes nothing with it.</summary>
    private void RunApart(List<Write> group)
    {
        foreach (var write in group)
        {
            _writer.Run("SAVEPOINT one");
            if (!write.TryRun(_writer))
            {
                if (!_writer.InTransaction)
                {
                    // SQLite gave the whole transaction up, as it does on a full disk.
                    throw write.Fault!;
                }

                _writer.Run("ROLLBACK TO one");
            }

            _writer.Run("RELEASE one");
        }
    }

    private void RollBack()
    {
        if (_writer.InTransaction)
        {
            _writer.Run("ROLLBACK");
        }
    }

    /// <summary>A write that waits for its turn, and its caller's answer.</summary>
    private abstract class Write
    {
        /// <summary>How the last run of it failed; null when it did not.</summary>
        public Exception? Fault { get; protected set; }

        /// <summary>False where the work refused or failed.</summary>
        public abstract bool TryRun(Tx tx);

        public abstract void Answer();

        public abstract void Fail(Exception fault);
    }

    private sealed class Write<T>(Func<Tx, ValueTask<T>> work) : Write
    {
        private readonly TaskCompletionSource<T> _caller = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Committed => _caller.Task;

        public override bool TryRun(Tx tx)
        {
            try
            {
                _result = work(tx).AsTask().GetAwaiter().GetResult();
                Fault = null;
            }
            catch (Exception fault)
            {
                Fault = fault;
            }

            return Fault is null;
        }

        public override void Answer()
        {
            if (Fault is null)
            {
                _caller.SetResult(_result!);
            }
            else
            {
                _caller.SetException(Fault);
            }
        }

        public override void Fail(Exception fault) => _caller.TrySetException(Fault ?? fault);
    }
}
