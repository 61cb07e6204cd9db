using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Stations whoever hears them: this server's own are known from memory, another's from what that one has saved.</summary>
internal sealed class SavedStations(HealthMemory memory, Baselines baselines, Database database)
{
    /// <summary>Takes up what the servers that hear the others have saved of their presence, a minute ago at most: all that a judge of silence knows of those.</summary>
    public async Task SeeOthersAsync(RegionCode region, List<StationHealth> stations, CancellationToken cancellation)
    {
        if (stations.TrueForAll(station => station.IsMine))
        {
            return;
        }

        var others = stations.Where(station => !station.IsMine).ToDictionary(station => station.Id);
        foreach (var (id, checkpoint) in await database.ReadAsync(tx => CheckpointRows.ListAsync(tx, region, "", int.MaxValue), cancellation))
        {
            if (others.TryGetValue(id, out var station) && StationHealth.PresenceOf(checkpoint) is { } presence)
            {
                lock (station.Lock)
                {
                    station.Presence = presence;
                }
            }
        }
    }

    /// <summary>The stations that other servers hear, as those have saved them; this server's own picture of them stays as it is.</summary>
    public async Task<IReadOnlyList<StationHealth>> PictureOthersAsync(CancellationToken cancellation)
    {
        var others = database.IsShared ? memory.Stations.Where(station => !station.IsMine).ToDictionary(station => station.Id) : [];
        return others.Count == 0 ? [] :
        [
            .. (await database.ReadAsync(tx => CheckpointRows.ListAsync(tx, RegionCode.Country, "", int.MaxValue), cancellation))
                .Select(row => others.TryGetValue(row.Station, out var station) ? Picture(station, row.State) : null).OfType<StationHealth>(),
        ];
    }

    /// <summary>What the detectors say of a row's device now; of a station that another server hears, as that one has saved it.</summary>
    public async Task<(Explanation Explanation, DateTimeOffset AsOf)> ExplainAsync(ConditionRow row, DateTimeOffset now, CancellationToken cancellation)
    {
        var (station, asOf) = (memory.FindOrAdd(row.Station), now);
        if (!station.IsMine)
        {
            if (await database.ReadAsync(tx => CheckpointRows.FindLatestAsync(tx, row.Station), cancellation) is not { } saved || Picture(station, saved.State) is not { } picture)
            {
                return (new Explanation([], ["What its detectors say: the server that hears it has saved nothing yet."]), now);
            }

            (station, asOf) = (picture, saved.At);
        }

        lock (station.Lock)
        {
            return (row.Device == DeviceKey.Of(station.Id)
                ? Explanation.OfStation(station, row.Condition, now)
                : station.Find(row.Device.Kind, row.Device.Serial)?.Explain(now, station.Id.Region) ?? new Explanation([], ["What its detectors say: it has only just been named."]), asOf);
        }
    }

    /// <summary>A station as its checkpoint says; null where it does not fit the kit.</summary>
    private StationHealth? Picture(StationHealth station, byte[] checkpoint)
    {
        var picture = new StationHealth(station.Id, station.Office, isMine: false)
        {
            Condition = station.Condition,
            Devices = [.. station.Devices.Select(device => new DeviceHealth(device.Key, device.Model, device.Condition, baselines))],
        };
        return picture.TryRestore(checkpoint) ? picture : null;
    }
}
