using System.Collections.Concurrent;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>
/// Every station that was ever heard, in memory. It is restored when the server starts, and blames nobody for the time in
/// which the server was away. One server owns a station's detectors.
/// </summary>
internal sealed class HealthMemory(Database database, Baselines baselines, DomainClock clock) : IHostedService
{
    private readonly ConcurrentDictionary<StationId, StationHealth> _stations = new();
    private readonly ConcurrentDictionary<RegionCode, OfficeHealth> _offices = new();
    private readonly Lock _adding = new();

    public IEnumerable<StationHealth> Stations => _stations.Values;

    public IEnumerable<OfficeHealth> Offices => _offices.Values;

    public StationHealth? Find(StationId id) => _stations.GetValueOrDefault(id);

    public StationHealth FindOrAdd(StationId id)
    {
        if (_stations.TryGetValue(id, out var station))
        {
            return station;
        }

        lock (_adding)
        {
            if (!_stations.TryGetValue(id, out station))
            {
                var office = _offices.GetOrAdd(id.Region.Office, region => new OfficeHealth(region));
                station = new StationHealth(id, office);
                office.Add(station);
                _stations[id] = station;
            }

            return station;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        await database.ReadAsync(async tx =>
        {
            foreach (var (key, failed, attempts) in await CheckpointRows.ListBaselinesAsync(tx))
            {
                baselines.Restore(key, failed, attempts);
            }

            foreach (var row in await HealthStore.ListAsync(tx, RegionCode.Country, "", int.MaxValue))
            {
                var station = FindOrAdd(row.Station);
                if (row.Device == DeviceKey.Of(row.Station))
                {
                    station.Condition = row.Condition;
                }
                else
                {
                    station.Devices = [.. station.Devices, new DeviceHealth(row.Device, row.Model, row.Condition, baselines)];
                }
            }

            foreach (var (id, state) in await CheckpointRows.ListStationsAsync(tx))
            {
                FindOrAdd(id).Restore(state);
            }

            foreach (var silence in await HealthStore.ListSilencesAsync(tx))
            {
                _offices.GetOrAdd(silence.Region, region => new OfficeHealth(region)).Silence = silence;
            }

            return true;
        }, cancellationToken);
        foreach (var station in _stations.Values)
        {
            station.Presence.RestartClock(now);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
