using Npgsql;

namespace KtpGrpc.Testing.Tests;

public sealed class PostgresTests
{
    [Fact]
    public async Task Databases_OfTwoTests_AreApart()
    {
        await using var one = NpgsqlDataSource.Create(await PostgresFixture.CreateDatabaseAsync());
        await using var other = NpgsqlDataSource.Create(await PostgresFixture.CreateDatabaseAsync());

        await one.CreateCommand("CREATE TABLE blanks (id int)").ExecuteNonQueryAsync();

        Assert.Equal(DBNull.Value, await other.CreateCommand("SELECT to_regclass('blanks')::text").ExecuteScalarAsync());
    }

    [Fact]
    public async Task Server_AsTestsUseIt_IsPostgreSql15OrNewerAndDurable()
    {
        await using var database = NpgsqlDataSource.Create(await PostgresFixture.CreateDatabaseAsync());

        var setting = await database.CreateCommand(
            "SELECT current_setting('server_version') || ' ' || current_setting('fsync') || ' ' || current_setting('synchronous_commit')")
            .ExecuteScalarAsync();

        Assert.Matches(@"^(1[5-9]|[2-9]\d)\..* on on$", $"{setting}");
    }

    [Fact]
    public async Task Server_ThatIsNotInstalled_FailsWithTheCure()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => PostgresServer.StartAsync("/nowhere"));

        Assert.Contains("apt-get install postgresql", fault.Message);
    }

    [Fact]
    public async Task ServerAndChild_OfAKilledTestRun_GoWithIt()
    {
        using var run = ChildProcess.Start("dotnet", [typeof(PostgresTests).Assembly.Location]);
        var told = await run.WaitForLineAsync("folder (.+) port (.+) child (.+)");
        var child = $"/proc/{told.Groups[3].Value}";
        Assert.True(Directory.Exists(child));

        run.Kill();

        await Eventually.HoldsAsync(() => !Directory.Exists(told.Groups[1].Value));
        await Eventually.HoldsAsync(() => !Directory.Exists(child));
    }
}
