using Ktp.Incidents.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>A cause as the follower knows it: what is, or was last, wrong with it, whether it still is, and since when.</summary>
internal sealed record KnownCause(string Cause, Trouble Trouble, bool IsWrong, DateTimeOffset ChangedAt)
{
    public Trouble? Now => IsWrong ? Trouble : null;
}

/// <summary>The SQL of causes: what is wrong now, whether it has an incident or not.</summary>
internal static class CauseStore
{
    private const string Columns = "cause, wrong, kind, region, station_id, device, model, summary, changed_at";

    private const string OfDevices = "kind IN (1, 2)";

    private const string OfEquipment = "kind IN (1, 2, 3, 4)";

    public static ValueTask<KnownCause?> FindAsync(Tx tx, string cause) =>
        tx.FirstAsync($"SELECT {Columns} FROM incident_causes WHERE cause = $1", Read, cause);

    public static async ValueTask SaveAsync(Tx tx, KnownCause cause, DateTimeOffset? dueAt) => await tx.ExecuteAsync(
        $"""
        INSERT INTO incident_causes ({Columns}, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (cause) DO UPDATE SET wrong = excluded.wrong, kind = excluded.kind, model = excluded.model, summary = excluded.summary,
          changed_at = excluded.changed_at, due_at = excluded.due_at
        """,
        cause.Cause, cause.IsWrong ? 1 : 0, cause.Trouble.Kind, cause.Trouble.Region, cause.Trouble.StationId, cause.Trouble.Device, cause.Trouble.Model,
        cause.Trouble.Summary, cause.ChangedAt, dueAt);

    public static async ValueTask ForgetAsync(Tx tx, string cause) => await tx.ExecuteAsync("DELETE FROM incident_causes WHERE cause = $1", cause);

    /// <summary>Causes of which time alone is to be looked at again, those that wait longest first.</summary>
    public static ValueTask<List<string>> DueAsync(Tx tx, DateTimeOffset now, int limit) => tx.ListAsync(
        "SELECT cause FROM incident_causes WHERE due_at <= $1 ORDER BY due_at, cause LIMIT $2", row => row.GetString(0), now, limit);

    /// <summary>The causes that a cause explains while it is wrong: a silence its stations and their devices, a dead station its devices, a model those of its kind.</summary>
    public static ValueTask<List<string>> BeneathAsync(Tx tx, KnownCause cause) => cause.Trouble.Kind switch
    {
        IncidentKind.StationSilent => tx.ListAsync(
            $"SELECT cause FROM incident_causes WHERE station_id = $1 AND {OfDevices} ORDER BY cause", Cause, cause.Trouble.StationId),
        IncidentKind.RegionSilent => EquipmentAsync(tx, RegionCode.Trusted(cause.Trouble.Region), except: cause.Cause),
        IncidentKind.ModelShifted => tx.ListAsync($"SELECT cause FROM incident_causes WHERE model = $1 AND {OfDevices} ORDER BY cause", Cause, cause.Trouble.Model),
        _ => ValueTask.FromResult(new List<string>()),
    };

    /// <summary>What is wrong with equipment in a region: an office's silence before its stations, those before their devices.</summary>
    public static ValueTask<List<string>> EquipmentAsync(Tx tx, RegionCode region, string except = "") => tx.ListAsync(
        $"SELECT cause FROM incident_causes WHERE region >= $1 AND region < $2 AND {OfEquipment} AND cause <> $3 ORDER BY kind DESC, cause",
        Cause, region.Range.From, region.Range.To, except);

    /// <summary>Of some causes those that are wrong and have an open incident, with its id.</summary>
    public static async ValueTask<Dictionary<string, string>> OpenAsync(Tx tx, IReadOnlyList<string> causes) => (await tx.ListAsync(
        $"""
        SELECT c.cause, i.incident_id FROM incident_causes AS c JOIN incidents AS i ON i.cause = c.cause AND i.closed_at IS NULL
        WHERE c.wrong = 1 AND c.cause IN ({string.Join(", ", causes.Select((_, i) => $"${i + 1}"))})
        """,
        row => KeyValuePair.Create(row.GetString(0), row.GetString(1)), [.. causes])).ToDictionary();

    /// <summary>Whether a region, or one above it, is worked on.</summary>
    public static async ValueTask<bool> InMaintenanceAsync(Tx tx, RegionCode region, DateTimeOffset now)
    {
        List<string> above = [region.Value];
        for (var at = region; at.Depth > 0; at = at.Parent)
        {
            above.Add(at.Parent.Value);
        }

        return await tx.NumberAsync(
            $"SELECT COUNT(*) FROM incident_regions WHERE maintenance_until > $1 AND region IN ({string.Join(", ", above.Select((_, i) => $"${i + 2}"))})",
            [now, .. above]) > 0;
    }

    public static async ValueTask<bool> InMaintenanceAsync(Tx tx, StationId station, DateTimeOffset now) => await tx.NumberAsync(
        "SELECT COUNT(*) FROM incident_stations WHERE station_id = $1 AND maintenance_until > $2", station.Value, now) > 0;

    public static async ValueTask SetMaintenanceAsync(Tx tx, string region, DateTimeOffset? until) => await (until is null
        ? tx.ExecuteAsync("DELETE FROM incident_regions WHERE region = $1", region)
        : tx.ExecuteAsync(
            "INSERT INTO incident_regions (region, maintenance_until) VALUES ($1, $2) ON CONFLICT (region) DO UPDATE SET maintenance_until = excluded.maintenance_until", region, until));

    /// <summary>Regions whose maintenance is over though nobody said so.</summary>
    public static ValueTask<List<string>> MaintenanceOverAsync(Tx tx, DateTimeOffset now) =>
        tx.ListAsync("SELECT region FROM incident_regions WHERE maintenance_until <= $1 ORDER BY region", row => row.GetString(0), now);

    private static string Cause(Row row) => row.GetString(0);

    private static KnownCause Read(Row row) => new(
        row.GetString(0),
        new Trouble((IncidentKind)row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(7)) { Model = row.GetString(6) },
        row.GetInt64(1) != 0, row.GetMoment(8));
}
