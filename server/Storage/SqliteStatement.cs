using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KtpGrpc.Server.Storage;

/// <summary>
/// A statement of SQLite, prepared once and run often: bound by number rather than by name, and itself the row it stands on.
/// The writer runs some thirty of them for a card, and this is half of what a command object costs for each.
/// </summary>
internal sealed class SqliteStatement : Row, IDisposable
{
    /// <summary>Texts up to this many bytes are put into UTF-8 without an array.</summary>
    private const int ShortText = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <summary>SQLite's own number of $1, $2, …, which it gives in the order in which they are met; 0 where one is not.</summary>
    private readonly int[] _parameters;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, Encoding.UTF8.GetBytes(sql), raw.SQLITE_PREPARE_PERSISTENT, out _statement, out var tail));
        if (!tail.Trim("; \n"u8).IsEmpty)
        {
            throw new ArgumentException($"More than one statement: {sql}", nameof(sql));
        }

        var numbers = Enumerable.Range(1, raw.sqlite3_bind_parameter_count(_statement))
            .ToDictionary(index => int.Parse(raw.sqlite3_bind_parameter_name(_statement, index).utf8_to_string().AsSpan(1), CultureInfo.InvariantCulture));
        IsReadOnly = raw.sqlite3_stmt_readonly(_statement) != 0;
        _parameters = [.. Enumerable.Range(1, numbers.Keys.Append(0).Max()).Select(number => numbers.GetValueOrDefault(number))];
    }

    public bool IsReadOnly { get; }

    public override int FieldCount => raw.sqlite3_column_count(_statement);

    public void Bind(ReadOnlySpan<object?> arguments)
    {
        if (arguments.Length < _parameters.Length)
        {
            throw new ArgumentException($"{arguments.Length} arguments for {_parameters.Length} parameters: {raw.sqlite3_sql(_statement).utf8_to_string()}");
        }

        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_parameters[i] is > 0 and var index)
            {
                Check(Bind(index, Tx.ToStored(arguments[i])));
            }
        }
    }

    /// <summary>Goes to the next row; false behind the last one.</summary>
    public bool Step()
    {
        switch (raw.sqlite3_step(_statement))
        {
            case raw.SQLITE_ROW:
                return true;
            case raw.SQLITE_DONE:
                return false;
            case var fault:
                Check(fault);
                return false;
        }
    }

    /// <summary>Ends a run; what went wrong with it was told by <see cref="Step"/>.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public override string GetName(int column) => raw.sqlite3_column_name(_statement, column).utf8_to_string();

    public override bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public override long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column) switch
    {
        0 when IsNull(column) => throw Null(column),
        var number => number,
    };

    public override double GetDouble(int column) => IsNull(column) ? throw Null(column) : raw.sqlite3_column_double(_statement, column);

    public override string GetString(int column) => GetStringOrNull(column) ?? throw Null(column);

    public override string? GetStringOrNull(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public override byte[] GetBytes(int column) => IsNull(column) ? throw Null(column) : raw.sqlite3_column_blob(_statement, column).ToArray();

    public override object? GetValue(int column) => raw.sqlite3_column_type(_statement, column) switch
    {
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(_statement, column),
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(_statement, column),
        raw.SQLITE_TEXT => GetString(column),
        raw.SQLITE_BLOB => GetBytes(column),
        _ => null,
    };

    public void Dispose() => _statement.Dispose();

    private int Bind(int index, object? argument) => argument switch
    {
        null => raw.sqlite3_bind_null(_statement, index),
        string text => Bind(index, text),
        long number => raw.sqlite3_bind_int64(_statement, index, number),
        int number => raw.sqlite3_bind_int64(_statement, index, number),
        double number => raw.sqlite3_bind_double(_statement, index, number),
        bool flag => raw.sqlite3_bind_int64(_statement, index, flag ? 1 : 0),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, index, bytes),
        _ => throw new ArgumentException($"SQLite does not keep a {argument.GetType()}."),
    };

    private int Bind(int index, string text)
    {
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > ShortText)
        {
            return raw.sqlite3_bind_text(_statement, index, Encoding.UTF8.GetBytes(text));
        }

        Span<byte> bytes = stackalloc byte[ShortText];
        return raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    private InvalidCastException Null(int column) => new($"Column {GetName(column)} is null.");

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
    }
}
