using System.Data.Common;
using System.Globalization;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>The SQL of incidents; what changes them are facts.</summary>
internal static class IncidentStore
{
    private const string Columns = "incident_id, cause, kind, severity, region, station_id, device, summary, opened_at, closed_at, acknowledged_at";

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("incidents");
        catalog.Add(IncidentOpened.Kind, IncidentJson.Default.IncidentOpened, ApplyAsync);
        catalog.Add(IncidentReopened.Kind, IncidentJson.Default.IncidentReopened, ApplyAsync);
        catalog.Add(IncidentEscalated.Kind, IncidentJson.Default.IncidentEscalated, ApplyAsync);
        catalog.Add(IncidentWidened.Kind, IncidentJson.Default.IncidentWidened, ApplyAsync);
        catalog.Add(IncidentClosed.Kind, IncidentJson.Default.IncidentClosed, ApplyAsync);
        catalog.Add(IncidentAcknowledged.Kind, IncidentJson.Default.IncidentAcknowledged, ApplyAsync);
    }

    public static ValueTask<Incident?> FindAsync(Tx tx, string id) =>
        tx.FirstAsync($"SELECT {Columns} FROM incidents WHERE incident_id = $1", Read, id);

    public static ValueTask<Incident?> LockAsync(Tx tx, string id) =>
        tx.FirstAsync($"SELECT {Columns} FROM incidents WHERE incident_id = $1 {tx.Dialect.ForUpdate}", Read, id);

    /// <summary>An id that sorts by the moment it is made, and is the same in every run of a scenario.</summary>
    public static async ValueTask<string> NewIdAsync(Tx tx, DateTimeOffset now)
    {
        var moment = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        var made = await tx.NumberAsync("SELECT COUNT(*) FROM incidents WHERE incident_id >= $1 AND incident_id < $2", moment, moment + "~");
        return string.Create(CultureInfo.InvariantCulture, $"{moment}-{made + 1:D4}");
    }

    /// <summary>The open incident of a cause, else its last one.</summary>
    public static ValueTask<Incident?> LastOfAsync(Tx tx, string cause) => tx.FirstAsync(
        $"SELECT {Columns} FROM incidents WHERE cause = $1 ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, closed_at DESC, incident_id DESC LIMIT 1",
        Read, cause);

    /// <summary>Incidents of a region and below, oldest first: an id begins with the moment it was made.</summary>
    public static ValueTask<List<Incident>> ListAsync(Tx tx, RegionCode below, bool openOnly, string after, int limit) => tx.ListAsync(
        $"SELECT {Columns} FROM incidents WHERE region >= $1 AND region < $2 AND incident_id > $3 {(openOnly ? "AND closed_at IS NULL" : "")} ORDER BY incident_id LIMIT $4",
        Read, below.Range.From, below.Range.To, after, limit);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, IncidentOpened fact) => await tx.ExecuteAsync(
        "INSERT INTO incidents (incident_id, cause, kind, severity, region, station_id, device, summary, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        fact.IncidentId, fact.Cause, fact.IncidentKind, fact.Severity, fact.Region, fact.StationId, fact.Device, fact.Summary, at);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, IncidentReopened fact) => await tx.ExecuteAsync(
        "UPDATE incidents SET kind = $1, severity = $2, summary = $3, closed_at = NULL, acknowledged_at = NULL, acknowledged_by = NULL WHERE incident_id = $4",
        fact.IncidentKind, fact.Severity, fact.Summary, fact.IncidentId);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, IncidentEscalated fact) => await tx.ExecuteAsync(
        "UPDATE incidents SET kind = $1, severity = $2, summary = $3, acknowledged_at = NULL, acknowledged_by = NULL WHERE incident_id = $4",
        fact.IncidentKind, fact.Severity, fact.Summary, fact.IncidentId);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, IncidentWidened fact) =>
        await tx.ExecuteAsync("UPDATE incidents SET summary = $1 WHERE incident_id = $2", fact.Summary, fact.IncidentId);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, IncidentClosed fact) => await tx.ExecuteAsync(
        "UPDATE incidents SET closed_at = $1 WHERE incident_id = $2", at, fact.IncidentId);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, IncidentAcknowledged fact) => await tx.ExecuteAsync(
        "UPDATE incidents SET acknowledged_at = $1, acknowledged_by = $2 WHERE incident_id = $3", at, fact.By, fact.IncidentId);

    private static Incident Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), (IncidentKind)row.GetInt64(2), (IncidentSeverity)row.GetInt64(3), row.GetString(4), row.GetString(5),
        row.GetString(6), row.GetString(7), row.GetMoment(8), row.GetMomentOrNull(9), row.GetMomentOrNull(10));
}
