using Npgsql;

namespace KtpGrpc.Testing;

/// <summary>Fresh databases for tests, on one PostgreSQL that the first who asks starts and that goes with this process.</summary>
public static class PostgresFixture
{
    private static readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync(PostgresServer.Binaries));
    private static int _databases;

    /// <summary>Makes an empty database and gives its connection string.</summary>
    public static async Task<string> CreateDatabaseAsync(CancellationToken cancel = default)
    {
        var server = await _server.Value.WaitAsync(cancel);
        var name = $"ktp_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres"));
        await connection.OpenAsync(cancel);
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync(cancel);
        return server.ConnectionString(name);
    }
}
