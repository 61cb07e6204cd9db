using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Journal;

public sealed class JournalOrderTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Positions_UnderSixteenWritersAndTwoSealers_HaveNoGapAndFoldToTheTables(Engine engine)
    {
        const int writers = 16;
        const int each = 20;
        await using var journal = await TestJournal.CreateAsync(engine);
        using var second = journal.NewSealer();
        using var written = new CancellationTokenSource();
        var sealing = new[] { journal.Sealer, second }.Select(async sealer =>
        {
            while (!written.IsCancellationRequested)
            {
                // Reading from SQLite never waits by itself.
                await Task.Yield();
                await sealer.SealAsync(CancellationToken.None);
            }
        }).ToList();

        // Three rows for sixteen writers: whoever comes second must stand second in the journal, or the fold ends elsewhere.
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            for (var i = 0; i < each; i++)
            {
                await journal.AcceptAsync($"5{(writer + i) % 3}", $"Named by {writer} at {i}");
            }
        }));
        await written.CancelAsync();
        await Task.WhenAll(sealing);
        await journal.SealAllAsync();

        Assert.Equal(Enumerable.Range(0, writers * each).Select(i => (long)i), (await journal.FactsAsync()).Select(fact => fact.Position));
        Assert.Empty(await journal.VerifyAsync());
    }

    [Fact]
    public async Task Fact_CommittedLateOnPostgres_HoldsNobodyUpAndIsNotLost()
    {
        await using var journal = await TestJournal.CreateAsync(Engine.Postgres);
        await using var late = await OpenTransaction.BeginAsync(journal, tx => journal.AcceptAsync(tx, "51", "Bali"));
        await journal.AcceptAsync("52", "West Nusa Tenggara");

        await journal.SealAllAsync();
        var whileOpen = await journal.FactsAsync();
        await late.CommitAsync();
        await journal.SealAllAsync();

        Assert.Equal(["region/52"], whileOpen.Select(fact => fact.Subject));
        Assert.Equal(["region/52", "region/51"], (await journal.FactsAsync()).Select(fact => fact.Subject));
        Assert.Empty(await journal.VerifyAsync());
    }

    [Fact]
    public async Task Fact_OfATransactionThatBeganFirstAndCameSecond_StandsSecond()
    {
        await using var journal = await TestJournal.CreateAsync(Engine.Postgres);
        await journal.AcceptAsync("53", "first");

        // The oldest transaction has its number before the others, and changes the region after one of them did.
        await using var oldest = await OpenTransaction.BeginAsync(journal, tx => journal.AcceptAsync(tx, "51", "Bali"));
        await using var between = await OpenTransaction.BeginAsync(journal, tx => journal.AcceptAsync(tx, "52", "West Nusa Tenggara"));
        await journal.AcceptAsync("53", "second");
        await oldest.RunAsync(tx => journal.AcceptAsync(tx, "53", "third"));
        await oldest.CommitAsync();
        await journal.Sealer.SealAsync(CancellationToken.None);
        await journal.Sealer.SealAsync(CancellationToken.None);
        await between.CommitAsync();
        await journal.SealAllAsync();

        var names = (await journal.FactsAsync()).Where(fact => fact.Subject == "region/53").Select(fact => fact.Payload);
        Assert.Equal(["first", "second", "third"], names.Select(payload => System.Text.Json.JsonDocument.Parse(payload).RootElement.GetProperty("regions")[0].GetProperty("name").GetString()));
        Assert.Empty(await journal.VerifyAsync());
    }

    /// <summary>A transaction that a test holds open by hand.</summary>
    private sealed class OpenTransaction : IAsyncDisposable
    {
        private readonly System.Threading.Channels.Channel<(Func<Tx, ValueTask> Work, TaskCompletionSource Done)> _steps =
            System.Threading.Channels.Channel.CreateUnbounded<(Func<Tx, ValueTask>, TaskCompletionSource)>();

        private Task _ended = Task.CompletedTask;

        public static async Task<OpenTransaction> BeginAsync(TestJournal journal, Func<Tx, ValueTask> first)
        {
            var opened = new OpenTransaction();
            opened._ended = journal.Database.WriteAsync(opened.StepAsync, CancellationToken.None);
            await opened.RunAsync(first);
            return opened;
        }

        public async Task RunAsync(Func<Tx, ValueTask> work)
        {
            var done = new TaskCompletionSource();
            await _steps.Writer.WriteAsync((work, done));
            await done.Task.WaitAsync(Eventually.Patience);
        }

        public async Task CommitAsync()
        {
            _steps.Writer.TryComplete();
            await _ended;
        }

        public async ValueTask DisposeAsync()
        {
            _steps.Writer.TryComplete(new OperationCanceledException());
            await _ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async ValueTask StepAsync(Tx tx)
        {
            await foreach (var (work, done) in _steps.Reader.ReadAllAsync())
            {
                await work(tx);
                done.SetResult();
            }
        }
    }
}
