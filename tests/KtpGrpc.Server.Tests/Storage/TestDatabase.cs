using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;

namespace KtpGrpc.Server.Tests.Storage;

/// <summary>An empty database of its own on either engine.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private TestDatabase(TempFolder folder, Database database, string? connectionString)
    {
        _folder = folder;
        Database = database;
        ConnectionString = connectionString;
    }

    public Database Database { get; }

    /// <summary>The SQLite file, where it is one.</summary>
    public string File => _folder["ktp.db"];

    /// <summary>Null on SQLite.</summary>
    public string? ConnectionString { get; }

    public DataFolder Folder => new(_folder["data"]);

    public static async Task<TestDatabase> CreateAsync(Engine engine, bool migrate = true)
    {
        var folder = new TempFolder();
        var connectionString = engine == Engine.Postgres ? await PostgresFixture.CreateDatabaseAsync() : null;
        Database database = connectionString is null
            ? new SqliteDatabase(folder["ktp.db"], TimeProvider.System)
            : new PostgresDatabase(connectionString, TimeProvider.System);
        var made = new TestDatabase(folder, database, connectionString);
        if (migrate)
        {
            await Migrator.MigrateAsync(made.Database, CancellationToken.None);
        }

        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _folder.Dispose();
    }
}
