using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KtpGrpc.Server.Storage;

/// <summary>
/// An open SQLite connection with its prepared statements, used by one thread at a time. SQLite works in the caller's
/// thread, so every call completes at once.
/// </summary>
internal sealed class SqliteConnectionTx : Tx, IDisposable
{
    /// <summary>How long somebody else's lock on the file is waited for, in milliseconds.</summary>
    private const int BusyTimeout = 30_000;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    /// <summary>No two threads use one connection at a time, and nobody asks for SQLite's count of its memory: it guards neither.</summary>
    static SqliteConnectionTx()
    {
        Batteries_V2.Init();
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    public SqliteConnectionTx(string connectionString) : base(Dialect.Sqlite, CancellationToken.None)
    {
        _connection = new SqliteConnection(connectionString);
        _connection.Open();
        raw.sqlite3_busy_timeout(_connection.Handle, BusyTimeout);

        // Without it a statement is planned anew for each value that is bound to its LIMIT.
        raw.sqlite3_db_config(_connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
    }

    /// <summary>False once SQLite itself has given a transaction up, as it does on a full disk.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Statements that were run and may have changed something.</summary>
    public long Changes { get; private set; }

    public void Run(string sql) => Execute(sql, []);

    public override ValueTask<int> ExecuteAsync(string sql, params object?[] arguments) => ValueTask.FromResult(Execute(sql, arguments));

    public override ValueTask ReadAsync(string sql, Func<Row, bool> row, params object?[] arguments)
    {
        var statement = Prepare(sql, arguments);
        try
        {
            while (statement.Step() && row(statement))
            {
            }
        }
        finally
        {
            statement.Reset();
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private int Execute(string sql, object?[] arguments)
    {
        var statement = Prepare(sql, arguments);
        try
        {
            while (statement.Step())
            {
            }

            return raw.sqlite3_changes(_connection.Handle);
        }
        finally
        {
            statement.Reset();
        }
    }

    private SqliteStatement Prepare(string sql, object?[] arguments)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(_connection.Handle!, sql);
            _statements.Add(sql, statement);
        }

        Changes += statement.IsReadOnly ? 0 : 1;
        statement.Bind(arguments);
        return statement;
    }
}
