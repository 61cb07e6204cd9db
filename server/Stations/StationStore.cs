using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Stations;

/// <summary>The SQL of regions and stations; what changes them are facts.</summary>
internal static class StationStore
{
    private const string StationColumns = "station_id, name, standing, joined_at, public_key, certificate_not_after, maintenance_until";

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("regions", "stations", "region_maintenance");
        catalog.Add(RegionsPut.Kind, StationJson.Default.RegionsPut, ApplyAsync);
        catalog.Add(StationJoined.Kind, StationJson.Default.StationJoined, ApplyAsync);
        catalog.Add(CertificateRenewed.Kind, StationJson.Default.CertificateRenewed, ApplyAsync);
        catalog.Add(StandingChanged.Kind, StationJson.Default.StandingChanged, ApplyAsync);
        catalog.Add(MaintenanceSet.Kind, StationJson.Default.MaintenanceSet, ApplyAsync);
        catalog.Add(RegionMaintenanceSet.Kind, StationJson.Default.RegionMaintenanceSet, ApplyAsync);

        // Told for the incident that follows; the registry stays as it is.
        catalog.Add(StationCloneRefused.Kind, StationJson.Default.StationCloneRefused, (_, _, _) => ValueTask.CompletedTask);
    }

    public static ValueTask<string?> RegionNameAsync(Tx tx, RegionCode code) =>
        tx.FirstAsync("SELECT name FROM regions WHERE code = $1", row => row.GetString(0), code.Value);

    /// <summary>A region and those below it, by code, after a key.</summary>
    public static ValueTask<List<(string Code, string Name)>> ListRegionsAsync(Tx tx, RegionCode below, string after, int limit) => tx.ListAsync(
        "SELECT code, name FROM regions WHERE code >= $1 AND code < $2 AND code > $3 ORDER BY code LIMIT $4",
        row => (row.GetString(0), row.GetString(1)), below.Range.From, below.Range.To, after, limit);

    /// <summary>The codes of the regions one level below a region, by code.</summary>
    public static ValueTask<List<string>> ListRegionsDirectlyBelowAsync(Tx tx, RegionCode region) => tx.ListAsync(
        "SELECT code FROM regions WHERE code > $1 AND code < $2 AND length(code) = $3 ORDER BY code",
        row => row.GetString(0), region.Range.From, region.Range.To, region.Depth switch { 0 => 2, 1 => 5, 2 => 8, _ => 13 });

    public static ValueTask<Station?> FindAsync(Tx tx, StationId id) =>
        tx.FirstAsync($"SELECT {StationColumns} FROM stations WHERE station_id = $1", Read, id.Value);

    public static ValueTask<Station?> LockAsync(Tx tx, StationId id) =>
        tx.FirstAsync($"SELECT {StationColumns} FROM stations WHERE station_id = $1 {tx.Dialect.ForUpdate}", Read, id.Value);

    public static ValueTask<List<Station>> ListAsync(Tx tx, RegionCode below, string after, int limit) => tx.ListAsync(
        $"SELECT {StationColumns} FROM stations WHERE station_id >= $1 AND station_id < $2 AND station_id > $3 ORDER BY station_id LIMIT $4",
        Read, below.Range.From, below.Range.To, after, limit);

    public static ValueTask<long> CountInDistrictAsync(Tx tx, RegionCode district) =>
        tx.NumberAsync("SELECT COUNT(*) FROM stations WHERE region = $1", district.Value);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, RegionsPut fact)
    {
        foreach (var (code, name) in fact.Regions)
        {
            await tx.ExecuteAsync("INSERT INTO regions (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = excluded.name", code, name);
        }
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, StationJoined fact) => await tx.ExecuteAsync(
        "INSERT INTO stations (station_id, region, name, standing, joined_at, public_key, certificate_not_after) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        fact.StationId, fact.Region, fact.Name, StationStanding.Active, at, fact.PublicKey, fact.CertificateNotAfter);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, CertificateRenewed fact) => await tx.ExecuteAsync(
        "UPDATE stations SET certificate_not_after = $1 WHERE station_id = $2", fact.CertificateNotAfter, fact.StationId);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, StandingChanged fact) => await tx.ExecuteAsync(
        "UPDATE stations SET standing = $1 WHERE station_id = $2", fact.Standing, fact.StationId);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, MaintenanceSet fact) => await tx.ExecuteAsync(
        "UPDATE stations SET maintenance_until = $1 WHERE station_id = $2", fact.Until, fact.StationId);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, RegionMaintenanceSet fact)
    {
        if (fact.Until is { } until)
        {
            await tx.ExecuteAsync("INSERT INTO region_maintenance (region, until) VALUES ($1, $2) ON CONFLICT (region) DO UPDATE SET until = excluded.until", fact.Region, until);
        }
        else
        {
            await tx.ExecuteAsync("DELETE FROM region_maintenance WHERE region = $1", fact.Region);
        }
    }

    private static Station Read(Row row) => new(
        StationId.Trusted(row.GetString(0)), row.GetString(1), (StationStanding)row.GetInt64(2), row.GetMoment(3), row.GetBytes(4), row.GetMoment(5),
        row.GetMomentOrNull(6));
}
