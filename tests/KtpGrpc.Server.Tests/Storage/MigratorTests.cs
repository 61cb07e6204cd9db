using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Npgsql;
using Xunit;

namespace KtpGrpc.Server.Tests.Storage;

public sealed class MigratorTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Migrations_RunAgain_ChangeNothing(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await ExecuteAsync(test, "INSERT INTO regions (code, name) VALUES ('53', 'East Nusa Tenggara')");
        var applied = await AppliedAsync(test);

        await Migrator.MigrateAsync(test.Database, CancellationToken.None);

        Assert.Equal(applied, await AppliedAsync(test));
        Assert.Equal(applied.Distinct().Order(), applied);
        Assert.Equal(1, await test.Database.ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM regions"), CancellationToken.None));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Migration_ChangedAfterItWasApplied_IsRefused(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await ExecuteAsync(test, "UPDATE migrations SET sha256 = 'other' WHERE number = 2");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.MigrateAsync(test.Database, CancellationToken.None));

        Assert.Contains("0002.sql was changed", refused.Message);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Database_OfANewerProgram_IsRefused(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await ExecuteAsync(test, "INSERT INTO migrations (number, name, sha256) VALUES (9999, 'Later/Migrations/9999.sql', 'x')");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.MigrateAsync(test.Database, CancellationToken.None));

        Assert.Contains("start a newer version", refused.Message);
    }

    [Fact]
    public async Task Migrations_OfServersThatStartAtOnce_RunOnce()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres, migrate: false);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var database = new PostgresDatabase(test.ConnectionString!, TimeProvider.System);
            await Migrator.MigrateAsync(database, CancellationToken.None);
        }));

        Assert.NotEmpty(await AppliedAsync(test));
    }

    [Fact]
    public async Task Database_SortedByALanguage_IsRefused()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres, migrate: false);
        var own = new NpgsqlConnectionStringBuilder(test.ConnectionString);
        var name = own.Database + "_sorted";
        await using (var connection = new NpgsqlConnection(own.ConnectionString))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'id-ID'", connection);
            await create.ExecuteNonQueryAsync();
        }

        own.Database = name;
        await using var database = new PostgresDatabase(own.ConnectionString, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.MigrateAsync(database, CancellationToken.None));

        Assert.Contains("LOCALE 'C'", refused.Message);
    }

    [Fact]
    public async Task Servers_StartedAtOnceOnOnePostgres_KnowEachOthersStations()
    {
        using var folder = new TempFolder();
        var options = new KtpServerOptions
        {
            Data = folder["data"],
            ControlPort = 0,
            UploadPort = 0,
            HttpPort = 0,
            Database = await PostgresFixture.CreateDatabaseAsync(),
        };

        var both = await Task.WhenAll(RunningServer.StartAsync(like: options), RunningServer.StartAsync(like: options));
        await using var first = both[0];
        await using var second = both[1];
        await first.PutRegionsAsync("53.71.04");
        var station = await first.JoinAsync("53.71.04");
        var there = second.As(station.Id, station.Certificate);

        var seen = await new Ktp.Stations.V1.StationService.StationServiceClient(there.Control).GetStationAsync(new Ktp.Stations.V1.GetStationRequest { StationId = station.Id });

        Assert.Equal(station.Id, seen.Station.StationId);
        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
    }

    private static Task<List<long>> AppliedAsync(TestDatabase test) =>
        test.Database.ReadAsync(tx => tx.ListAsync("SELECT number FROM migrations ORDER BY number", row => row.GetInt64(0)), CancellationToken.None);

    private static Task<int> ExecuteAsync(TestDatabase test, string sql) => test.Database.WriteAsync(tx => tx.ExecuteAsync(sql), CancellationToken.None);
}
