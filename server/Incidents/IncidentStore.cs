using System.Globalization;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>The SQL of incidents; what changes them are facts, folded by <see cref="Incident.After"/>.</summary>
internal static class IncidentStore
{
    private const string Changing =
        "kind, severity, summary, closed_at, acknowledged_at, acknowledged_by, acknowledged_until, suppressed_by, in_maintenance, silenced_until, silence_reason, flapping, returns, level, asked_at, owed, notices, noticed_at, noticed_before";

    private const string Columns = "incident_id, cause, region, station_id, device, opened_at, " + Changing;

    private static readonly string _values = string.Join(", ", Enumerable.Range(1, Columns.Count(letter => letter == ',') + 1).Select(number => $"${number}"));

    private static readonly string _sets = string.Join(", ", Changing.Split(", ").Select((column, i) => $"{column} = ${i + 2}"));

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("incidents");
        catalog.Add(IncidentOpened.Kind, IncidentJson.Default.IncidentOpened, ApplyAsync);
        catalog.Add(IncidentReopened.Kind, IncidentJson.Default.IncidentReopened, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentEscalated.Kind, IncidentJson.Default.IncidentEscalated, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentWidened.Kind, IncidentJson.Default.IncidentWidened, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentFlapped.Kind, IncidentJson.Default.IncidentFlapped, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentSteadied.Kind, IncidentJson.Default.IncidentSteadied, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentSuppressed.Kind, IncidentJson.Default.IncidentSuppressed, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentSurfaced.Kind, IncidentJson.Default.IncidentSurfaced, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentClosed.Kind, IncidentJson.Default.IncidentClosed, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentAcknowledged.Kind, IncidentJson.Default.IncidentAcknowledged, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(AcknowledgementExpired.Kind, IncidentJson.Default.AcknowledgementExpired, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentSilenced.Kind, IncidentJson.Default.IncidentSilenced, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentRaised.Kind, IncidentJson.Default.IncidentRaised, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
        catalog.Add(IncidentNoticed.Kind, IncidentJson.Default.IncidentNoticed, (tx, at, fact) => ApplyAsync(tx, at, fact.IncidentId, fact));
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

    /// <summary>The open incident of a cause, else its last one; locked, for a person may acknowledge it meanwhile.</summary>
    public static ValueTask<Incident?> LastOfAsync(Tx tx, string cause) => tx.FirstAsync(
        $"""
        SELECT {Columns} FROM incidents WHERE cause = $1
        ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, closed_at DESC, incident_id DESC LIMIT 1 {tx.Dialect.ForUpdate}
        """,
        Read, cause);

    /// <summary>Incidents of a region and below, oldest first: an id begins with the moment it was made.</summary>
    public static ValueTask<List<Incident>> ListAsync(Tx tx, RegionCode below, bool openOnly, string after, int limit) => tx.ListAsync(
        $"SELECT {Columns} FROM incidents WHERE region >= $1 AND region < $2 AND incident_id > $3 {(openOnly ? "AND closed_at IS NULL" : "")} ORDER BY incident_id LIMIT $4",
        Read, below.Range.From, below.Range.To, after, limit);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, IncidentOpened fact)
    {
        var incident = Incident.Of(fact, at, await LastOfAsync(tx, fact.Cause));
        await tx.ExecuteAsync(
            $"INSERT INTO incidents ({Columns}) VALUES ({_values})",
            [incident.Id, incident.Cause, incident.Region, incident.StationId, incident.Device, incident.OpenedAt, .. ValuesOf(incident)]);
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, string id, IFact fact)
    {
        var incident = await LockAsync(tx, id) ?? throw new InvalidDataException($"A fact tells of incident '{id}', which nothing opened.");
        await tx.ExecuteAsync($"UPDATE incidents SET {_sets} WHERE incident_id = $1", [id, .. ValuesOf(incident.After(fact, at))]);
    }

    private static object?[] ValuesOf(Incident incident) =>
    [
        incident.Kind, incident.Severity, incident.Summary, incident.ClosedAt, incident.AcknowledgedAt, incident.AcknowledgedAt is null ? null : incident.AcknowledgedBy,
        incident.AcknowledgedUntil, incident.Mute.By, incident.Mute.InMaintenance ? 1 : 0, incident.SilencedUntil, incident.SilenceReason, incident.Flapping ? 1 : 0,
        incident.Returns, incident.Level, incident.AskedAt, incident.Owed ? 1 : 0, incident.Notices, incident.NoticedAt, incident.NoticedBefore,
    ];

    private static Incident Read(Row row) => new(
        row.GetString(0), row.GetString(1), (IncidentKind)row.GetInt64(6), (IncidentSeverity)row.GetInt64(7), row.GetString(2), row.GetString(3),
        row.GetString(4), row.GetString(8), row.GetMoment(5), row.GetMomentOrNull(9), row.GetMomentOrNull(10))
    {
        AcknowledgedBy = row.GetStringOrNull(11) ?? "",
        AcknowledgedUntil = row.GetMomentOrNull(12),
        Mute = new Mute(row.GetString(13), row.GetInt64(14) != 0),
        SilencedUntil = row.GetMomentOrNull(15),
        SilenceReason = row.GetString(16),
        Flapping = row.GetInt64(17) != 0,
        Returns = row.GetInt64(18),
        Level = (IncidentLevel)row.GetInt64(19),
        AskedAt = row.GetMoment(20),
        Owed = row.GetInt64(21) != 0,
        Notices = row.GetInt64(22),
        NoticedAt = row.GetMomentOrNull(23),
        NoticedBefore = row.GetMomentOrNull(24),
    };
}
