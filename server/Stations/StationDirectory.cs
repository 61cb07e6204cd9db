using System.Collections.Concurrent;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Stations;

/// <summary>
/// Every station in memory, kept by following the journal, so that a call, a session or a page asks no database. It tells
/// its watchers of each change, within a second of the commit on any server.
/// </summary>
internal sealed class StationDirectory(Database database, JournalReader journal, TimeProvider time, ILogger<StationDirectory> logger)
    : JournalFeed(journal, time, logger)
{
    private readonly ConcurrentDictionary<StationId, Station> _stations = new();

    /// <summary>One refresh at a time: what was read earlier must not be put down later, and let a quarantined station in again.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Hears of every station that changed.</summary>
    public Watchers<Station> Watchers { get; } = new();

    public IEnumerable<Station> All => _stations.Values;

    /// <summary>The station as memory has it, or as the database does where it joined a moment ago.</summary>
    public async ValueTask<Station?> FindAsync(StationId id, CancellationToken cancellation) =>
        _stations.TryGetValue(id, out var station) ? station : await RefreshAsync(id, cancellation);

    public Station? Find(StationId id) => _stations.GetValueOrDefault(id);

    /// <summary>Reads a station again; whoever changed one calls this after his commit, so that he sees it himself.</summary>
    public async Task<Station?> RefreshAsync(StationId id, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (await database.ReadAsync(tx => StationStore.FindAsync(tx, id), cancellation) is not { } station)
            {
                return null;
            }

            _stations[id] = station;
            Watchers.Tell(station);
            return station;
        }
        finally
        {
            _turn.Release();
        }
    }

    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        foreach (var station in await database.ReadAsync(tx => StationStore.ListAsync(tx, RegionCode.Country, "", int.MaxValue), cancellation))
        {
            _stations[station.Id] = station;
        }
    }

    protected override async ValueTask TakeAsync(SealedFact fact, CancellationToken cancellation)
    {
        if (fact.Kind.StartsWith("stations.", StringComparison.Ordinal) && fact.Subject.StartsWith("station/", StringComparison.Ordinal))
        {
            await RefreshAsync(StationId.Trusted(fact.Subject["station/".Length..]), cancellation);
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }
}
