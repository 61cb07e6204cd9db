using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Repairs;

/// <summary>Tells whoever watches of each repair that changed, and shows the figures, by following the journal.</summary>
internal sealed class RepairFeed(
    Database database, RepairInstruments instruments, JournalReader journal, DomainClock clock, TimeProvider time, ILogger<RepairFeed> logger) : JournalFeed(journal, time, logger)
{
    /// <summary>How often the figures are looked up: they grow older without a fact, too.</summary>
    public static readonly TimeSpan FiguresPeriod = TimeSpan.FromSeconds(30);

    public Watchers<Repair> Watchers { get; } = new();

    public async Task ShowAsync(DateTimeOffset now, CancellationToken cancellation) => instruments.Show(
        now, await database.ReadAsync(async tx => (await RepairStore.CountOpenAsync(tx), await RepairStore.TotalsAsync(tx)), cancellation));

    protected override Task LoadAsync(CancellationToken cancellation) => ShowAsync(clock.Now, cancellation);

    protected override async ValueTask TakeAsync(SealedFact fact, CancellationToken cancellation)
    {
        if (fact.Kind.StartsWith("repairs.", StringComparison.Ordinal) && fact.Subject.StartsWith("repair/", StringComparison.Ordinal)
            && await database.ReadAsync(tx => RepairStore.FindAsync(tx, fact.Subject["repair/".Length..]), cancellation) is { } repair)
        {
            Watchers.Tell(repair);
        }
    }
}
