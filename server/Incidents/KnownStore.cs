using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>The SQL of what the follower knows of stations, devices and offices.</summary>
internal static class KnownStore
{
    public static ValueTask<KnownStation?> StationAsync(Tx tx, StationId id) => tx.FirstAsync(
        $"SELECT standing, maintenance_until, was_heard, presumed_dead, summary FROM incident_stations WHERE station_id = $1 {tx.Dialect.ForUpdate}",
        row => new KnownStation(id, (StationStanding)row.GetInt64(0), row.GetMomentOrNull(1), row.GetInt64(2) != 0, row.GetInt64(3) != 0, row.GetString(4)),
        id.Value);

    public static async ValueTask SaveAsync(Tx tx, KnownStation station, bool working) => await tx.ExecuteAsync(
        "INSERT INTO incident_stations (station_id, office, standing, maintenance_until, was_heard, presumed_dead, summary, working) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (station_id) DO UPDATE SET standing = excluded.standing, maintenance_until = excluded.maintenance_until, was_heard = excluded.was_heard, presumed_dead = excluded.presumed_dead, summary = excluded.summary, working = excluded.working",
        station.Id.Value, station.Id.Region.Office.Value, station.Standing, station.MaintenanceUntil, station.WasHeard ? 1 : 0, station.PresumedDead ? 1 : 0, station.Summary, working ? 1 : 0);

    /// <summary>Stations whose maintenance is over though nobody said so.</summary>
    public static ValueTask<List<StationId>> MaintenanceOverAsync(Tx tx, DateTimeOffset now) => tx.ListAsync(
        "SELECT station_id FROM incident_stations WHERE maintenance_until <= $1", row => StationId.Trusted(row.GetString(0)), now);

    public static ValueTask<List<KnownDevice>> DevicesAsync(Tx tx, StationId station) => tx.ListAsync(
        "SELECT kind, serial, state, summary, model FROM incident_devices WHERE station_id = $1 ORDER BY kind, serial",
        row => new KnownDevice(new DeviceKey((DeviceKind)row.GetInt64(0), row.GetString(1)), (ConditionState)row.GetInt64(2), row.GetString(3)) { Model = row.GetString(4) }, station.Value);

    public static async ValueTask SaveAsync(Tx tx, StationId station, KnownDevice device) => await tx.ExecuteAsync(
        "INSERT INTO incident_devices (station_id, kind, serial, state, summary, model) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (station_id, kind, serial) DO UPDATE SET state = excluded.state, summary = excluded.summary, model = excluded.model",
        station.Value, device.Key.Kind, device.Key.Serial, device.State, device.Summary, device.Model);

    public static async ValueTask ForgetAsync(Tx tx, StationId station, DeviceKey device) => await tx.ExecuteAsync(
        "DELETE FROM incident_devices WHERE station_id = $1 AND kind = $2 AND serial = $3", station.Value, device.Kind, device.Serial);

    /// <summary>Counts an office's working stations anew and keeps the most there ever were.</summary>
    public static async ValueTask<KnownOffice> CountAsync(Tx tx, string office)
    {
        // Counted under the office's lock: of two that change it at once, the later one sees what the earlier one did.
        await tx.ExecuteAsync("INSERT INTO incident_offices (office, most_working, working) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING", office);
        var mostBefore = await tx.NumberAsync($"SELECT most_working FROM incident_offices WHERE office = $1 {tx.Dialect.ForUpdate}", office);
        var working = await tx.NumberAsync("SELECT COUNT(*) FROM incident_stations WHERE office = $1 AND working = 1", office);
        var most = Math.Max(working, mostBefore);
        await tx.ExecuteAsync("UPDATE incident_offices SET most_working = $2, working = $3 WHERE office = $1", office, most, working);
        return new KnownOffice(office, most, working);
    }

    public static ValueTask<List<KnownOffice>> OfficesAsync(Tx tx) => tx.ListAsync(
        "SELECT office, most_working, working FROM incident_offices", row => new KnownOffice(row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
}
