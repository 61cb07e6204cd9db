using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>
/// Which stations this server judges, where several share a database: those that it heard last, and those of a server that
/// is gone. A server renews one lease for all it owns, so that a country costs no more than a city. With an embedded
/// database there is nobody else, and nothing to write.
/// </summary>
internal sealed class StationOwners(Database database, HealthMemory memory, DomainClock clock) : IHostedService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan _lease = 3 * Period;

    private readonly string _server = Guid.CreateVersion7().ToString("N");
    private DateTimeOffset _seen = DateTimeOffset.UnixEpoch + _lease;
    private volatile bool _left;

    /// <summary>Under which name checkpoints are saved; empty where no other server can be.</summary>
    public string Fence => database.IsShared ? _server : "";

    /// <summary>
    /// Takes a station that this server hears, with what another has learned of it meanwhile. The caller has its office's turn.
    /// </summary>
    public async ValueTask ClaimAsync(StationHealth station, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!database.IsShared)
        {
            return;
        }

        var wasMine = station.IsMine;
        var picture = await database.WriteAsync(async tx =>
        {
            var owner = await tx.FirstAsync($"SELECT server_id FROM health_owners WHERE station_id = $1 {tx.Dialect.ForUpdate}", row => row.GetString(0), station.Id.Value);
            if (owner == _server && wasMine)
            {
                return null;
            }

            await tx.ExecuteAsync(
                "INSERT INTO health_owners (station_id, server_id, since) VALUES ($1, $2, $3) ON CONFLICT (station_id) DO UPDATE SET server_id = excluded.server_id, since = excluded.since",
                station.Id.Value, _server, now);
            return await StationPicture.ReadAsync(tx, station.Id);
        }, cancellation);
        if (picture is not null)
        {
            memory.Show(station, picture, now, isMine: true);
        }
    }

    /// <summary>Whether the station is still this server's, for the rest of the transaction: what it believes of another's is void.</summary>
    public async ValueTask<bool> HoldsAsync(Tx tx, StationId station) => !database.IsShared || await tx.NumberAsync(
        $"SELECT 1 FROM health_owners WHERE station_id = $1 AND server_id = $2 {tx.Dialect.ForUpdate}", station.Value, _server) == 1;

    /// <summary>Renews the lease, gives up what another server took, and takes over from those whose lease ran out.</summary>
    public async Task RunAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (!database.IsShared || _left)
        {
            return;
        }

        await RenewAsync(now, cancellation);

        // A claim may become visible a little after its moment.
        var moved = await database.ReadAsync(tx => tx.ListAsync(
            "SELECT station_id FROM health_owners WHERE since >= $1 AND server_id <> $2",
            row => StationId.Trusted(row.GetString(0)), _seen - _lease, _server), cancellation);
        _seen = now;
        foreach (var station in moved.Select(memory.FindOrAdd).Where(station => station.IsMine))
        {
            await ShowAsync(station, now, isMine: false, cancellation);
        }

        foreach (var gone in await database.ReadAsync(tx => tx.ListAsync("SELECT server_id FROM health_servers WHERE until < $1", row => row.GetString(0), now), cancellation))
        {
            foreach (var id in await database.WriteAsync(tx => TakeOverAsync(tx, gone, now), cancellation))
            {
                await ShowAsync(memory.FindOrAdd(id), now, isMine: true, cancellation);
            }
        }
    }

    /// <summary>Says that this server is alive.</summary>
    public Task RenewAsync(DateTimeOffset now, CancellationToken cancellation) => database.WriteAsync(tx => tx.ExecuteAsync(
        "INSERT INTO health_servers (server_id, until) VALUES ($1, $2) ON CONFLICT (server_id) DO UPDATE SET until = excluded.until", _server, now + _lease), cancellation);

    /// <summary>Before it can claim anything: what belongs to a server that was never alive would be taken over by nobody.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => database.IsShared ? RenewAsync(clock.Now, cancellationToken) : Task.CompletedTask;

    /// <summary>Leaves what it owns to the first that looks.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _left = true;
        if (database.IsShared)
        {
            await database.WriteAsync(tx => tx.ExecuteAsync("UPDATE health_servers SET until = 0 WHERE server_id = $1", _server), cancellationToken);
        }
    }

    private async ValueTask<List<StationId>> TakeOverAsync(Tx tx, string gone, DateTimeOffset now)
    {
        if (await tx.NumberAsync($"SELECT 1 FROM health_servers WHERE server_id = $1 AND until < $2 {tx.Dialect.ForUpdate}", gone, now) == 0)
        {
            return [];
        }

        await tx.ExecuteAsync("DELETE FROM health_servers WHERE server_id = $1", gone);
        return await tx.ListAsync(
            "UPDATE health_owners SET server_id = $1, since = $2 WHERE server_id = $3 RETURNING station_id", row => StationId.Trusted(row.GetString(0)), _server, now, gone);
    }

    private async Task ShowAsync(StationHealth station, DateTimeOffset now, bool isMine, CancellationToken cancellation)
    {
        await station.Office.Turn.WaitAsync(cancellation);
        try
        {
            memory.Show(station, await database.ReadAsync(tx => StationPicture.ReadAsync(tx, station.Id), cancellation), now, isMine);
            lock (station.Lock)
            {
                // Nobody listened for a while: nobody is blamed for it.
                station.Presence.RestartClock(now);
            }
        }
        finally
        {
            station.Office.Turn.Release();
        }
    }
}

/// <summary>What the database has of a station: its conditions, its devices on probation, and what its detectors had learned.</summary>
internal sealed record StationPicture(IReadOnlyList<ConditionRow> Conditions, IReadOnlyList<Probation> Probations, byte[]? Checkpoint)
{
    public static async ValueTask<StationPicture> ReadAsync(Tx tx, StationId station) => new(
        await HealthStore.ListOfStationAsync(tx, station, "", int.MaxValue), await ProbationStore.ListAsync(tx, station), await CheckpointRows.FindAsync(tx, station));
}
