using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Journal;

public sealed class FollowersTests
{
    private static readonly HashSet<string> _regions = [RegionsPut.Kind];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Follower_ThatCrashesAfterItsWrite_HandlesEachFactOnce(Engine engine)
    {
        await using var journal = await WithHandledAsync(engine);
        for (var i = 0; i < 5; i++)
        {
            await journal.AcceptAsync("53", $"name {i}");
        }

        await journal.SealAllAsync();
        using (var crashing = journal.NewFollowers(new Follower("incidents", _regions, async (tx, fact, _) =>
        {
            await HandleAsync(tx, fact);
            if (fact.Position == 3)
            {
                throw new InvalidOperationException("The crash.");
            }
        })))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => crashing.DrainAsync(CancellationToken.None));
        }

        Assert.Empty(await HandledAsync(journal));
        using var restarted = journal.NewFollowers(new Follower("incidents", _regions, (tx, fact, _) => HandleAsync(tx, fact)));
        await restarted.DrainAsync(CancellationToken.None);
        using var again = journal.NewFollowers(new Follower("incidents", _regions, (tx, fact, _) => HandleAsync(tx, fact)));
        await again.DrainAsync(CancellationToken.None);

        Assert.Equal([0, 1, 2, 3, 4], await HandledAsync(journal));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Follower_OfOneNameOnTwoServers_HandlesEachFactOnceAndInOrder(Engine engine)
    {
        const int facts = 300;
        await using var journal = await WithHandledAsync(engine);
        var follower = new Follower("incidents", _regions, (tx, fact, _) => HandleAsync(tx, fact));
        using var here = journal.NewFollowers(follower);
        using var there = journal.NewFollowers(follower);
        using var written = new CancellationTokenSource();
        var following = new[] { here, there }.Select(async followers =>
        {
            while (!written.IsCancellationRequested)
            {
                await Task.Yield();
                await followers.DrainAsync(CancellationToken.None);
            }
        }).ToList();

        for (var i = 0; i < facts; i++)
        {
            await journal.AcceptAsync("53", $"name {i}");
        }

        await written.CancelAsync();
        await Task.WhenAll(following);
        await here.DrainAsync(CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, facts).Select(i => (long)i), await HandledAsync(journal));
    }

    [Fact]
    public async Task Follower_OfOtherKinds_PassesFactsWithoutHandlingThem()
    {
        await using var journal = await WithHandledAsync(Engine.Sqlite);
        for (var i = 0; i < 1500; i++)
        {
            await journal.AcceptAsync("53", $"name {i}");
        }

        await journal.SealAllAsync();
        using var followers = journal.NewFollowers(new Follower("coverage", new HashSet<string> { StationJoined.Kind }, (tx, fact, _) => HandleAsync(tx, fact)));
        await followers.DrainAsync(CancellationToken.None);

        Assert.Empty(await HandledAsync(journal));
        var position = await journal.Database.ReadAsync(tx => tx.NumberAsync("SELECT position FROM followers WHERE name = 'coverage'"), CancellationToken.None);
        Assert.True(position > 1000, $"After a restart it would look at all facts again from {position} on.");
    }

    private static async Task<TestJournal> WithHandledAsync(Engine engine)
    {
        var journal = await TestJournal.CreateAsync(engine);
        await journal.ExecuteAsync("CREATE TABLE handled (number BIGINT PRIMARY KEY, position BIGINT NOT NULL)");
        return journal;
    }

    /// <summary>Not by position as its key: a fact that is handled twice must show.</summary>
    private static async ValueTask HandleAsync(Tx tx, SealedFact fact) =>
        await tx.ExecuteAsync("INSERT INTO handled (number, position) SELECT COUNT(*), $1 FROM handled", fact.Position);

    private static Task<List<long>> HandledAsync(TestJournal journal) =>
        journal.Database.ReadAsync(tx => tx.ListAsync("SELECT position FROM handled ORDER BY number", row => row.GetInt64(0)), CancellationToken.None);
}
