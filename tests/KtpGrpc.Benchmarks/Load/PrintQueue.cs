using System.Diagnostics.Metrics;
using System.Globalization;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace KtpGrpc.Benchmarks.Load;

/// <summary>The server's print queue on a SQLite file of its own, without the network: jobs, stations with full hoppers, and what they do.</summary>
internal sealed class PrintQueue : IAsyncDisposable
{
    public const string Office = "53.71";

    private const int SeededAtOnce = 2_000;
    private const int PayloadBytes = 2_048;

    private static readonly DateTimeOffset _now = new(2017, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly byte[] _payload = new byte[PayloadBytes];

    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SqliteDatabase _database;
    private readonly JournalWriter _journal;
    private readonly JobWriter _jobs;
    private readonly StationPrinting _printing;
    private readonly StationId[] _stations;
    private long _lastSerial;
    private long _enqueued;

    private PrintQueue(int stations, int? groupLimit)
    {
        _database = groupLimit is { } limit
            ? new SqliteDatabase(_folder["ktp.db"], TimeProvider.System, limit)
            : new SqliteDatabase(_folder["ktp.db"], TimeProvider.System);
        _journal = new JournalWriter(
            new FactCatalog([new FactCatalogPart(CardFold.AddTo), new FactCatalogPart(JobFold.AddTo), new FactCatalogPart(PrinterStore.AddTo)]), new JournalSignals());
        _jobs = new JobWriter(_journal);
        _printing = new StationPrinting(_database, _jobs, new PrintingInstruments(_services.GetRequiredService<IMeterFactory>()));
        _stations = [.. Enumerable.Range(1, stations).Select(number => StationId.Of(RegionCode.Trusted(Office + ".04"), number))];
    }

    /// <param name="groupLimit">Writes that may share a commit; null for as many as the server lets.</param>
    public static async Task<PrintQueue> OpenAsync(int stations, int? groupLimit = null)
    {
        var queue = new PrintQueue(stations, groupLimit);
        await Migrator.MigrateAsync(queue._database, CancellationToken.None);
        return queue;
    }

    /// <summary>Puts blanks into each hopper.</summary>
    public Task LoadAsync(int blanks) => _database.WriteAsync(async tx =>
    {
        var first = _lastSerial + 1;
        _lastSerial += (long)blanks * _stations.Length;
        await _journal.AcceptAsync(tx, _now, "operator:admin", new BlanksReceived(Office, new SerialRange(first, _lastSerial), "BA-1"));
        foreach (var (i, station) in _stations.Index())
        {
            var from = first + ((long)i * blanks);
            await _journal.AcceptAsync(tx, _now, "operator:admin", new HopperLoaded(station.Value, station.Region.Value, [new SerialRange(from, from + blanks - 1)]));
        }
    }, CancellationToken.None);

    /// <summary>Lets all stations print for the whole country.</summary>
    public Task PrintForAllAsync() => _database.WriteAsync(async tx =>
    {
        foreach (var station in _stations)
        {
            await _journal.AcceptAsync(tx, _now, "operator:admin", new PrintRegionSet(station.Value, station.Region.Value, ""));
        }
    }, CancellationToken.None);

    /// <summary>Enqueues many jobs of a district; what is held is held by a person.</summary>
    public async Task SeedAsync(int jobs, string district, bool held = false)
    {
        for (var left = jobs; left > 0; left -= SeededAtOnce)
        {
            await _database.WriteAsync(async tx =>
            {
                for (var i = 0; i < Math.Min(left, SeededAtOnce); i++)
                {
                    await EnqueueAsync(tx, NewId(), district, held ? "review" : "");
                }
            }, CancellationToken.None);
        }
    }

    /// <summary>The id of the next job.</summary>
    public JobId NewId() => JobId.New(_now.AddMilliseconds(Interlocked.Increment(ref _enqueued)));

    public Task EnqueueAsync(JobId id, string district) => _database.WriteAsync(tx => EnqueueAsync(tx, id, district, ""), CancellationToken.None);

    /// <summary>All stations print side by side, one card after the other, until so many are printed; each lease is told.</summary>
    public async Task PrintAsync(int cards, Action<JobId> onLease)
    {
        var left = cards;
        await Task.WhenAll(_stations.Select(async station =>
        {
            for (var picked = 1_000UL; Interlocked.Decrement(ref left) >= 0; picked++)
            {
                List<(Job Job, byte[] Payload)> leased;
                while ((leased = await _printing.LeaseAsync(station, new LeaseAsk(station.Value, 1), _now, CancellationToken.None)).Count == 0)
                {
                    await Task.Yield();
                }

                var (id, epoch) = (leased[0].Job.Id, leased[0].Job.Epoch);
                onLease(id);
                var (decision, blank) = await _printing.StartAsync(station, id, epoch, station.Value, picked, _now, CancellationToken.None);
                var report = await _printing.ReportAsync(
                    station, id, new Server.Printing.Report(epoch, station.Value, picked + 1, ReportedOutcome.Printed, "", "04" + blank.ToString(CultureInfo.InvariantCulture)), _now, CancellationToken.None);
                if (decision is not Decision.Accept || report is not Decision.Accept)
                {
                    throw new InvalidOperationException($"A card was not printed: {decision}, {report}.");
                }
            }
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private async ValueTask EnqueueAsync(Tx tx, JobId id, string district, string held)
    {
        await _jobs.AcceptAsync(tx, _now, "operator:officer", new JobEnqueued(
            id.Value, district, Guid.NewGuid().ToString("N"), 1, Guid.NewGuid().ToString("N"), JobPriority.FirstTime, held));
        await JobStore.KeepPayloadAsync(tx, id, _payload);
    }
}
