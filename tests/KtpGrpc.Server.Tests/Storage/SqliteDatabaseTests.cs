using System.Buffers.Binary;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Storage;

public sealed class SqliteDatabaseTests() : DatabaseSuite(Engine.Sqlite)
{
    [Fact]
    public async Task Writes_ThatWaitTogether_ShareACommit()
    {
        const int writes = 300;

        var alone = await CommitsAsync(groupLimit: 1, writes);
        var grouped = await CommitsAsync(groupLimit: 256, writes);

        Assert.Equal(writes + 1, alone);
        Assert.InRange(grouped, 2, 4);
    }

    [Fact]
    public async Task Database_OpenedAgain_HasWhatWasAnswered()
    {
        await PutAsync(1);

        await using var again = new SqliteDatabase(Test.File, TimeProvider.System);

        Assert.Equal(1, await again.ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM things"), CancellationToken.None));
    }

    [Fact]
    public async Task Group_WhoseCommitFails_AnswersNobodyAsIfItHeld()
    {
        await ExecuteAsync("CREATE TABLE parts (id BIGINT REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED)");
        var kept = new List<bool>();

        // They may share a commit or not: who was told that it held finds his row, and the next group is not harmed.
        Task[] group = [PutAsync(1), ExecuteAsync("INSERT INTO parts (id) VALUES (99)"), PutAsync(2)];
        foreach (var write in group)
        {
            kept.Add(await Record.ExceptionAsync(() => write) is null);
        }

        Assert.False(kept[1]);
        Assert.Equal(kept.Count(held => held), await CountAsync());
        await PutAsync(3);
    }

    /// <summary>Commits in the write-ahead log after that many writes which were all there before the first of them was taken.</summary>
    private static async Task<int> CommitsAsync(int groupLimit, int writes)
    {
        using var folder = new TempFolder();
        await using var database = new SqliteDatabase(folder["ktp.db"], TimeProvider.System, groupLimit);
        using var hold = new ManualResetEventSlim();
        var first = database.WriteAsync(tx =>
        {
            hold.Wait();
            return tx.ExecuteAsync("CREATE TABLE things (id BIGINT)");
        }, CancellationToken.None);
        var waiting = Enumerable.Range(0, writes).Select(i => database.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO things VALUES ($1)", i), CancellationToken.None)).ToList();

        hold.Set();
        await first;
        await Task.WhenAll(waiting);
        return Commits(folder["ktp.db-wal"]);
    }

    /// <summary>Frames that end a transaction carry the size of the database (SQLite's file format, section 4.1).</summary>
    private static int Commits(string file)
    {
        const int header = 32;
        const int frameHeader = 24;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var log = new byte[stream.Length];
        stream.ReadExactly(log);
        var page = BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(8));
        var commits = 0;
        for (var frame = header; frame + frameHeader + page <= log.Length; frame += frameHeader + page)
        {
            commits += BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(frame + 4)) > 0 ? 1 : 0;
        }

        return commits;
    }
}
