using System.Data;
using Npgsql;

namespace KtpGrpc.Server.Storage;

/// <summary>
/// PostgreSQL 15 or newer, for several servers side by side. Writes run next to each other and lock the rows they
/// decide on; one that loses a deadlock, or its connection before the commit was sent, runs again
/// as a whole; a read does too.
/// </summary>
internal sealed class PostgresDatabase : Database
{
    private const int Attempts = 5;

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;

    public PostgresDatabase(string connectionString, TimeProvider time)
    {
        _time = time;
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 256,
            AutoPrepareMinUsages = 2,
            ApplicationName = "ktp-server",
        });
    }

    public override bool IsShared => true;

    public override Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellation) =>
        RunAsync(IsolationLevel.ReadCommitted, work, commits: true, cancellation);

    public override Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellation) =>
        RunAsync(IsolationLevel.RepeatableRead, work, commits: false, cancellation);

    public override Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellation) => ReadAsync(
        tx => tx.FirstAsync("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)", row => row.GetMoment(0)), cancellation);

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<T> RunAsync<T>(IsolationLevel isolation, Func<Tx, ValueTask<T>> work, bool commits, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var committing = false;
            try
            {
                await using var connection = await _source.OpenConnectionAsync(cancellation);
                await using var transaction = await connection.BeginTransactionAsync(isolation, cancellation);
                var result = await work(new PostgresTx(connection, cancellation));
                if (commits)
                {
                    committing = true;
                    await transaction.CommitAsync(cancellation);
                }

                return result;
            }
            catch (NpgsqlException fault) when (RunsAgain(fault) && !committing && attempt < Attempts)
            {
                // Half of the wait is chance: two that collided must not meet again.
                var wait = TimeSpan.FromMilliseconds(Random.Shared.Next(5, 10) << attempt);
                await Task.Delay(wait, _time, cancellation);
            }
        }
    }

    /// <summary>A lost race for a unique key is decided anew, by the row that won it.</summary>
    private static bool RunsAgain(NpgsqlException fault) => fault.IsTransient || fault.SqlState == PostgresErrorCodes.UniqueViolation;

    private sealed class PostgresTx(NpgsqlConnection connection, CancellationToken cancellation) : Tx(Dialect.Postgres, cancellation)
    {
        public override async ValueTask<int> ExecuteAsync(string sql, params object?[] arguments)
        {
            await using var command = Command(sql, arguments);
            return await command.ExecuteNonQueryAsync(Cancellation);
        }

        public override async ValueTask ExecuteManyAsync(string sql, IReadOnlyList<object?[]> rows)
        {
            if (rows.Count == 0)
            {
                return;
            }

            await using var batch = new NpgsqlBatch(connection);
            foreach (var arguments in rows)
            {
                var command = new NpgsqlBatchCommand(sql);
                Bind(command.Parameters, arguments);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(Cancellation);
        }

        public override async ValueTask ReadAsync(string sql, Func<Row, bool> row, params object?[] arguments)
        {
            await using var command = Command(sql, arguments);
            await using var reader = await command.ExecuteReaderAsync(Cancellation);
            var current = new PostgresRow(reader);
            while (await reader.ReadAsync(Cancellation) && row(current))
            {
            }
        }

        private NpgsqlCommand Command(string sql, object?[] arguments)
        {
            var command = new NpgsqlCommand(sql, connection);
            Bind(command.Parameters, arguments);
            return command;
        }

        private static void Bind(NpgsqlParameterCollection parameters, object?[] arguments)
        {
            foreach (var argument in arguments)
            {
                parameters.Add(new NpgsqlParameter { Value = ToStored(argument) ?? DBNull.Value });
            }
        }
    }

    private sealed class PostgresRow(NpgsqlDataReader reader) : Row
    {
        public override int FieldCount => reader.FieldCount;

        public override string GetName(int column) => reader.GetName(column);

        public override bool IsNull(int column) => reader.IsDBNull(column);

        public override long GetInt64(int column) => reader.GetInt64(column);

        public override double GetDouble(int column) => reader.GetDouble(column);

        public override string GetString(int column) => reader.GetString(column);

        public override byte[] GetBytes(int column) => reader.GetFieldValue<byte[]>(column);

        public override object? GetValue(int column) => reader.IsDBNull(column) ? null : reader.GetValue(column);
    }
}
