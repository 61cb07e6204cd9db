using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace KtpGrpc.Server.Storage;

/// <summary>
/// An open SQLite connection with its prepared statements, used by one thread at a time. SQLite works in the caller's
/// thread, so every call completes at once.
/// </summary>
internal sealed class SqliteConnectionTx : Tx, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    public SqliteConnectionTx(string connectionString) : base(Dialect.Sqlite, CancellationToken.None)
    {
        _connection = new SqliteConnection(connectionString);
        _connection.Open();
    }

    /// <summary>False once SQLite itself has given a transaction up, as it does on a full disk.</summary>
    public bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    public void Run(string sql) => Prepare(sql, []).ExecuteNonQuery();

    public override ValueTask<int> ExecuteAsync(string sql, params object?[] arguments) =>
        ValueTask.FromResult(Prepare(sql, arguments).ExecuteNonQuery());

    public override ValueTask ReadAsync(string sql, Func<DbDataReader, bool> row, params object?[] arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        while (reader.Read() && row(reader))
        {
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, object?[] arguments)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= arguments.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
            }

            _commands.Add(sql, command);
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = ToStored(arguments[i]);
        }

        return command;
    }
}
