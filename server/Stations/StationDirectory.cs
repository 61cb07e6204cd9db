using System.Collections.Concurrent;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Stations;

/// <summary>
/// Every station in memory, kept by following the journal, so that a call, a session or a page asks no database. It tells
/// its watchers of each change, within a second of the commit on any server.
/// </summary>
internal sealed partial class StationDirectory(Database database, JournalReader journal, TimeProvider time, ILogger<StationDirectory> logger) : BackgroundService
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<StationId, Station> _stations = new();
    private long _position;

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
        if (await database.ReadAsync(tx => StationStore.FindAsync(tx, id), cancellation) is not { } station)
        {
            return null;
        }

        _stations[id] = station;
        Watchers.Tell(station);
        return station;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var (head, stations) = await database.ReadAsync(async tx => (
            await tx.NumberAsync("SELECT size FROM journal_head"),
            await StationStore.ListAsync(tx, RegionCode.Country, "", int.MaxValue)), cancellationToken);
        foreach (var station in stations)
        {
            _stations[station.Id] = station;
        }

        _position = head;
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // A database that is away for a while must not take the server with it.
                LogFault(logger, fault);
                await Task.Delay(_retryAfter, time, stoppingToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        await foreach (var fact in journal.FollowAsync(_position, stopping))
        {
            if (fact.Kind.StartsWith("stations.", StringComparison.Ordinal) && fact.Subject.StartsWith("station/", StringComparison.Ordinal))
            {
                await RefreshAsync(StationId.Trusted(fact.Subject["station/".Length..]), stopping);
                LogRefreshed(logger, fact.Subject, fact.Kind);
            }

            _position = fact.Position + 1;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Following the stations failed; it goes on where it stands.")]
    private static partial void LogFault(ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Subject}: {Kind}.")]
    private static partial void LogRefreshed(ILogger logger, string subject, string kind);
}
