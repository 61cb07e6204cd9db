using System.Diagnostics.Metrics;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>How far what follows the journal is behind it. Read at intervals, so that a scrape asks no database; not shown before.</summary>
internal sealed class JournalInstruments
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly Database _database;
    private Lag? _lag;

    public JournalInstruments(IMeterFactory meters, Database database)
    {
        _database = database;
        var meter = meters.Create("ktp.journal");
        meter.CreateObservableGauge("ktp.journal.unsealed", () => Measure(lag => lag.Unsealed), "{fact}", "Facts that were accepted and have no position yet.");
        meter.CreateObservableGauge("ktp.journal.behind", () => Measure(lag => lag.Behind), "{fact}", "Sealed facts that the slowest follower has not taken yet.");
    }

    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellation) =>
        Volatile.Write(ref _lag, await _database.ReadAsync(async tx => new Lag(
            await tx.NumberAsync("SELECT COUNT(*) FROM journal WHERE position IS NULL"),
            Math.Max(0, await tx.NumberAsync("SELECT size FROM journal_head") - await tx.NumberAsync("SELECT COALESCE(MIN(position), 0) FROM followers"))), cancellation));

    private IEnumerable<Measurement<long>> Measure(Func<Lag, long> value) =>
        Volatile.Read(ref _lag) is { } lag ? [new Measurement<long>(value(lag))] : [];

    private sealed record Lag(long Unsealed, long Behind);
}
