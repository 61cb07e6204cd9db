using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>What the servers that hear the other stations have saved of them, a minute ago at most: all a judge knows of those.</summary>
internal sealed class SavedPresences(Database database)
{
    /// <summary>Takes up what is saved of those of a region's stations that are not this server's.</summary>
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
}
