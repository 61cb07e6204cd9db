using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>Runs all followers, each on its own, in the background, or all to the journal's head when a scenario asks.</summary>
internal sealed partial class Followers(
    IEnumerable<Follower> followers, Database database, FactCatalog catalog, JournalReader reader, JournalSealer sealer, JournalSignals signals,
    TimeProvider time, ILogger<Followers> logger) : BackgroundService
{
    private const int Batch = 500;

    /// <summary>Facts of no interest that may be passed before the position is written down.</summary>
    private const int PassedUnwritten = 1000;

    private readonly Run[] _runs = [.. followers.Select(follower => new Run(follower))];

    /// <summary>
    /// Takes a follower's turn for the rest of the transaction, on every server, and tells its position: for whoever changes
    /// what else only the follower does.
    /// </summary>
    public static ValueTask<long> TakeTurnAsync(Tx tx, string name) =>
        tx.NumberAsync($"SELECT position FROM followers WHERE name = $1 {tx.Dialect.ForUpdate}", name);

    /// <summary>Seals and follows until nothing is left to do.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        bool moved;
        do
        {
            moved = await sealer.SealAsync(cancellation) > 0;
            foreach (var run in _runs)
            {
                moved |= await StepAsync(run, cancellation);
            }
        }
        while (moved);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_runs.Select(run => LoopAsync(run, stoppingToken)));

    private async Task LoopAsync(Run run, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var move = signals.NextMove;
                if (!await StepAsync(run, stopping))
                {
                    await reader.WaitAsync(move, stopping);
                }
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                LogFault(logger, run.Follower.Name, fault);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stopping);
            }
        }
    }

    /// <summary>Handles the next facts; false at the journal's head.</summary>
    private async Task<bool> StepAsync(Run run, CancellationToken cancellation)
    {
        await run.Turn.WaitAsync(cancellation);
        try
        {
            run.Written ??= run.Position = await database.WriteAsync(tx => StartAsync(tx, run.Follower.Name), cancellation);
            var (from, written) = (run.Position, run.Written.Value);
            var facts = await database.ReadAsync(tx => JournalReader.ListAsync(tx, from, Batch), cancellation);
            if (facts.Count == 0)
            {
                return false;
            }

            var next = facts[^1].Position + 1;
            var wanted = facts.FindAll(fact => run.Follower.Kinds.Contains(fact.Kind));
            if (wanted.Count > 0 || next - written > PassedUnwritten)
            {
                run.Written = next = await database.WriteAsync(tx => HandleAsync(tx, run.Follower, written, wanted, next), cancellation);
            }

            run.Position = next;
            return true;
        }
        finally
        {
            run.Turn.Release();
        }
    }

    private static async ValueTask<long> StartAsync(Tx tx, string name)
    {
        await tx.ExecuteAsync("INSERT INTO followers (name, position) VALUES ($1, 0) ON CONFLICT DO NOTHING", name);
        return await tx.NumberAsync("SELECT position FROM followers WHERE name = $1", name);
    }

    /// <summary>Where another server was faster, nothing is handled and its position is taken over.</summary>
    private async ValueTask<long> HandleAsync(Tx tx, Follower follower, long written, List<SealedFact> wanted, long next)
    {
        var position = await TakeTurnAsync(tx, follower.Name);
        if (position != written)
        {
            return position;
        }

        foreach (var fact in wanted)
        {
            await follower.HandleAsync(tx, fact, catalog.Of(fact.Kind).Read(fact.Payload));
        }

        await tx.ExecuteAsync("UPDATE followers SET position = $1 WHERE name = $2 AND position = $3", next, follower.Name, position);
        return next;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Follower {Follower} failed; it goes on where it stands.")]
    private static partial void LogFault(ILogger logger, string follower, Exception fault);

    private sealed class Run(Follower follower)
    {
        public Follower Follower { get; } = follower;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>The next fact to look at.</summary>
        public long Position { get; set; }

        /// <summary>The position as the database has it; null before the first look.</summary>
        public long? Written { get; set; }
    }
}
