using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>A station that was heard and is active, as the follower knows it: also of a silent one, how its devices were.</summary>
internal sealed record FleetStation(StationId Id, bool PresumedDead, IReadOnlyList<(DeviceKey Device, ConditionState State)> Devices);

/// <summary>The SQL of the whole fleet as incidents know it, for whoever plans with it.</summary>
internal static class KnownFleet
{
    public static async ValueTask<List<FleetStation>> ListAsync(Tx tx, RegionCode below)
    {
        var (from, to) = below.Range;
        var devices = (await tx.ListAsync(
            "SELECT station_id, kind, serial, state FROM incident_devices WHERE station_id >= $1 AND station_id < $2 ORDER BY station_id, kind, serial",
            row => (Station: row.GetString(0), Device: new DeviceKey((DeviceKind)row.GetInt64(1), row.GetString(2)), State: (ConditionState)row.GetInt64(3)), from, to))
            .ToLookup(row => row.Station, row => (row.Device, row.State));
        return await tx.ListAsync(
            "SELECT station_id, presumed_dead FROM incident_stations WHERE station_id >= $1 AND station_id < $2 AND standing = $3 AND was_heard = 1 ORDER BY station_id",
            row => new FleetStation(StationId.Trusted(row.GetString(0)), row.GetInt64(1) != 0, [.. devices[row.GetString(0)]]), from, to, StationStanding.Active);
    }
}
