using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Npgsql;
using Xunit;

namespace KtpGrpc.Server.Tests.Storage;

public sealed class PostgresDatabaseTests() : DatabaseSuite(Engine.Postgres)
{
    [Fact]
    public async Task Writes_ThatDeadlock_BothHappenInTheEnd()
    {
        await PutAsync(1);
        await PutAsync(2);
        var both = new Meeting(2);
        var attempts = 0;

        var write = (long first, long second) => Database.WriteAsync(async tx =>
        {
            var attempt = Interlocked.Increment(ref attempts);
            await tx.ExecuteAsync("UPDATE things SET name = name || '+' WHERE id = $1", first);
            if (attempt <= 2)
            {
                await both.ArriveAsync();
            }

            await tx.ExecuteAsync("UPDATE things SET name = name || '+' WHERE id = $1", second);
        }, CancellationToken.None);
        await Task.WhenAll(write(1, 2), write(2, 1));

        Assert.Equal(3, attempts);
        Assert.Equal(2, await Database.ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM things WHERE name LIKE '%++'"), CancellationToken.None));
    }

    [Fact]
    public async Task Read_OnAConnectionThatDiedInThePool_RunsAgain()
    {
        await PutAsync(1);
        Assert.Equal(1, await CountAsync());
        await using var connection = new NpgsqlConnection(Test.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var cut = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", connection);
        await cut.ExecuteNonQueryAsync();

        Assert.Equal(1, await Database.ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM things"), CancellationToken.None));
    }

    [Fact]
    public async Task Writes_ThatRaceForOneKey_AreDecidedAnewByTheLoser()
    {
        var both = new Meeting(2);
        var attempts = 0;

        var write = () => Database.WriteAsync(async tx =>
        {
            var found = await tx.FirstAsync("SELECT name FROM things WHERE id = 1", row => row.GetString(0));
            if (Interlocked.Increment(ref attempts) <= 2)
            {
                await both.ArriveAsync();
            }

            if (found is null)
            {
                await PutAsync(tx, 1);
            }

            return found;
        }, CancellationToken.None);
        var found = await Task.WhenAll(write(), write());

        Assert.Equal([null, "thing 1"], found.Order());
        Assert.Equal(3, attempts);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Write_WhoseConnectionIsCutBeforeItsCommit_RunsAgain()
    {
        var attempts = 0;

        await Database.WriteAsync(async tx =>
        {
            await PutAsync(tx, 1);
            if (++attempts == 1)
            {
                await tx.ExecuteAsync("SELECT pg_terminate_backend(pg_backend_pid())");
            }
        }, CancellationToken.None);

        Assert.Equal(2, attempts);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Write_ThatLosesEveryTime_EndsWithItsFault()
    {
        await PutAsync(1);
        var attempts = 0;

        var fault = await Assert.ThrowsAsync<PostgresException>(() => Database.WriteAsync(tx =>
        {
            attempts++;
            return PutAsync(tx, 1);
        }, CancellationToken.None));

        Assert.Equal(PostgresErrorCodes.UniqueViolation, fault.SqlState);
        Assert.Equal(5, attempts);
    }

    [Fact]
    public async Task Read_ThatWrites_LeavesNothing()
    {
        await Database.ReadAsync(async tx =>
        {
            await PutAsync(tx, 1);
            return true;
        }, CancellationToken.None);

        Assert.Equal(0, await CountAsync());
    }
}
