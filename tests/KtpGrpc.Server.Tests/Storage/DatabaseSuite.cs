using System.Data.Common;
using Grpc.Core;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Storage;

/// <summary>What both engines must hold.</summary>
public abstract class DatabaseSuite(Engine engine) : IAsyncLifetime
{
    private TestDatabase _test = null!;

    private protected Database Database => _test.Database;

    private protected TestDatabase Test => _test;

    public async Task InitializeAsync()
    {
        _test = await TestDatabase.CreateAsync(engine, migrate: false);
        await ExecuteAsync("CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL)");
    }

    public async Task DisposeAsync() => await _test.DisposeAsync();

    [Fact]
    public async Task Write_Answered_IsSeenByEveryReadThatFollows()
    {
        for (var i = 0; i < 50; i++)
        {
            await PutAsync(i);
            Assert.Equal(i + 1, await CountAsync());
        }
    }

    [Fact]
    public async Task Write_ThatRefusesAfterItsChanges_LeavesNothingAndTellsItsRefusal()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => Database.WriteAsync(async tx =>
        {
            await PutAsync(tx, 1);
            await PutAsync(tx, 2);
            Assert.Equal(2, await tx.NumberAsync("SELECT COUNT(*) FROM things"));
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "no"));
        }, CancellationToken.None));

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Writes_OfWhichSomeFail_LeaveExactlyTheOthers()
    {
        await PutAsync(-1);
        var writes = Enumerable.Range(0, 200).Select(i => Database.WriteAsync(async tx =>
        {
            await PutAsync(tx, i);
            if (i % 3 == 0)
            {
                throw new InvalidOperationException("refused");
            }

            if (i % 3 == 1)
            {
                await tx.ExecuteAsync("INSERT INTO no_such_table (id) VALUES (1)");
            }
        }, CancellationToken.None)).ToList();

        foreach (var (i, write) in writes.Index())
        {
            var fault = await Record.ExceptionAsync(() => write);
            Assert.Equal(i % 3 == 0, fault is InvalidOperationException);
            Assert.Equal(i % 3 == 1, fault is DbException);
        }

        var kept = await Database.ReadAsync(tx => tx.ListAsync("SELECT id FROM things WHERE id >= 0 ORDER BY id", row => row.GetInt64(0)), CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 200).Where(i => i % 3 == 2).Select(i => (long)i), kept);
    }

    [Fact]
    public async Task Read_WhileOthersWrite_SeesOnePicture()
    {
        await PutAsync(1);

        var (before, after) = await Database.ReadAsync(async tx =>
        {
            var before = await tx.NumberAsync("SELECT COUNT(*) FROM things");
            await PutAsync(2);
            await ExecuteAsync("UPDATE things SET name = 'changed'");
            return (before, await tx.NumberAsync("SELECT COUNT(*) FROM things WHERE name <> 'changed'"));
        }, CancellationToken.None);

        Assert.Equal((1, 1), (before, after));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Values_OfEveryKind_ComeBackAsTheyWent()
    {
        await ExecuteAsync("CREATE TABLE kinds (id BIGINT PRIMARY KEY, number BIGINT, text TEXT, bytes BYTEA, moment BIGINT, standing BIGINT, missing BIGINT)");
        var moment = new DateTimeOffset(2017, 3, 30, 9, 15, 0, 123, TimeSpan.FromHours(8));
        (long Number, string Text, byte[] Bytes, DateTimeOffset Moment, DayOfWeek Day)[] rows =
        [
            (long.MinValue, "", [], DateTimeOffset.UnixEpoch, DayOfWeek.Sunday),
            (long.MaxValue, "Kupang 'é' 日本 \"\\ $1", [.. Enumerable.Range(0, 256).Select(i => (byte)i)], moment, DayOfWeek.Saturday),
            (0, new string('x', 100_000), new byte[100_000], DateTimeOffset.UnixEpoch.AddMilliseconds(-1), DayOfWeek.Monday),
        ];

        foreach (var (id, row) in rows.Index())
        {
            await ExecuteAsync("INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6, $7)", id, row.Number, row.Text, row.Bytes, row.Moment, row.Day, null);
        }

        var read = await Database.ReadAsync(tx => tx.ListAsync("SELECT number, text, bytes, moment, standing, missing FROM kinds ORDER BY id", row => (
            row.GetInt64(0), row.GetString(1), row.GetBytes(2), row.GetMoment(3), (DayOfWeek)row.GetInt64(4), row.GetMomentOrNull(5), row.GetStringOrNull(5))), CancellationToken.None);
        foreach (var (expected, found) in rows.Zip(read))
        {
            Assert.Equal((expected.Number, expected.Text, expected.Moment, expected.Day), (found.Item1, found.Item2, found.Item4, found.Item5));
            Assert.Equal(expected.Bytes, found.Item3);
            Assert.Null(found.Item6);
            Assert.Null(found.Item7);
        }
    }

    [Fact]
    public async Task Write_ThatFailsAfterItMadeATable_LeavesNoTable()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("CREATE TABLE others (id BIGINT)");
            throw new InvalidOperationException("no");
        }, CancellationToken.None));

        await Assert.ThrowsAnyAsync<DbException>(() => Database.ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM others"), CancellationToken.None));
    }

    [Fact]
    public async Task Null_ReadAsSomething_IsAFault()
    {
        Func<Row, object>[] reads = [row => row.GetInt64(0), row => row.GetString(0), row => row.GetMoment(0), row => row.GetBytes(0), row => row.GetDouble(0)];

        foreach (var read in reads)
        {
            await Assert.ThrowsAsync<InvalidCastException>(() => Database.ReadAsync(
                tx => tx.FirstAsync("SELECT CAST(NULL AS BIGINT)", read), CancellationToken.None));
        }
    }

    [Fact]
    public async Task Arguments_NamedInAnyOrder_AreBoundByTheirNumbers()
    {
        var read = await Database.ReadAsync(
            tx => tx.FirstAsync("SELECT CAST($3 AS TEXT), CAST($1 AS TEXT), CAST($3 AS TEXT), CAST($2 AS TEXT)", row => $"{row.GetString(0)}{row.GetString(1)}{row.GetString(2)}{row.GetString(3)}", "a", "b", "c"),
            CancellationToken.None);

        Assert.Equal("cacb", read);
    }

    [Fact]
    public async Task Query_WithoutARow_GivesNothing() => await Database.ReadAsync(async tx =>
    {
        Assert.Null(await tx.FirstAsync("SELECT name FROM things", row => row.GetString(0)));
        Assert.Equal(0, await tx.NumberAsync("SELECT id FROM things"));
        Assert.Equal(0, await tx.NumberAsync("SELECT MAX(id) FROM things"));
        Assert.Empty(await tx.ListAsync("SELECT id FROM things", row => row.GetInt64(0)));
        return true;
    }, CancellationToken.None);

    [Fact]
    public async Task Query_EndedEarly_CanBeAskedAgain()
    {
        await PutAsync(1);
        await PutAsync(2);

        var ids = await Database.ReadAsync(async tx =>
        {
            var read = new List<long>();
            for (var i = 0; i < 3; i++)
            {
                await tx.ReadAsync("SELECT id FROM things ORDER BY id", row =>
                {
                    read.Add(row.GetInt64(0));
                    return false;
                });
            }

            return read;
        }, CancellationToken.None);

        Assert.Equal([1, 1, 1], ids);
    }

    [Fact]
    public async Task Write_CancelledBeforeItBegan_ChangesNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Database.WriteAsync(tx => PutAsync(tx, 1), new CancellationToken(canceled: true)));

        Assert.Equal(0, await CountAsync());
    }

    private protected Task PutAsync(long id) => Database.WriteAsync(tx => PutAsync(tx, id), CancellationToken.None);

    private protected static async ValueTask PutAsync(Tx tx, long id) => await tx.ExecuteAsync("INSERT INTO things (id, name) VALUES ($1, $2)", id, $"thing {id}");

    private protected Task<long> CountAsync() => Database.ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM things"), CancellationToken.None);

    private protected Task ExecuteAsync(string sql, params object?[] arguments) => Database.WriteAsync(tx => tx.ExecuteAsync(sql, arguments), CancellationToken.None);
}
