using System.Diagnostics.Metrics;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Destruction;

/// <summary>
/// What waits for the furnace, and what went. All is read from the tables that facts fold into, at intervals: so a restart
/// forgets no destroyed card, every server shows the same, and a scrape asks no database. Nothing is shown before the first
/// reading, for a counter that began at 0 anew would look like cards destroyed again.
/// </summary>
internal sealed class DestructionInstruments
{
    private readonly Database _database;
    private Reading? _read;

    public DestructionInstruments(IMeterFactory meters, Database database)
    {
        _database = database;
        var meter = meters.Create("ktp.destruction");
        meter.CreateObservableGauge("ktp.destruction.open", () => Observe(read => read.Figures.Open), "{destruction}", "Destructions that were opened and are not sealed.");
        meter.CreateObservableGauge("ktp.destruction.open.oldest", () => Observe(read => read.Age(read.Figures.OpenSince)), "s", "Age of the oldest destruction that is not sealed; 0 where none is.");
        meter.CreateObservableGauge("ktp.destruction.custody", () => Observe(read => read.Figures.Custody), "{card}", "Cards in custody, on no list yet.");
        meter.CreateObservableGauge("ktp.destruction.custody.oldest", () => Observe(read => read.Age(read.Figures.CustodySince)), "s", "Time that the first of the cards in custody has been there; 0 where none is.");
        meter.CreateObservableCounter("ktp.destruction.cards", ObserveDestroyed, "{card}", "Cards destroyed, by reason; counted from the journal's first fact on.");
    }

    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellation) =>
        Volatile.Write(ref _read, new Reading(await _database.ReadAsync(DestructionFigures.ReadAsync, cancellation), now));

    private IEnumerable<Measurement<double>> Observe(Func<Reading, double> value) => Volatile.Read(ref _read) is { } read ? [new(value(read))] : [];

    private IEnumerable<Measurement<long>> ObserveDestroyed() => Volatile.Read(ref _read) is { } read
        ? Enum.GetValues<InvalidReason>().Select(reason => new Measurement<long>(
            read.Figures.Destroyed.GetValueOrDefault(reason), new KeyValuePair<string, object?>("reason", reason.ToString().ToLowerInvariant())))
        : [];

    private sealed record Reading(DestructionFigures Figures, DateTimeOffset Now)
    {
        public double Age(DateTimeOffset? since) => since is { } moment ? Math.Max(0, (Now - moment).TotalSeconds) : 0;
    }
}
