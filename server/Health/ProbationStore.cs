using Ktp.Health.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>The SQL of probations; what changes them are facts.</summary>
internal static class ProbationStore
{
    private const string Columns = "kind, serial, occasion, begun_at";

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("health_probations");
        catalog.Add(ProbationBegun.Kind, ProbationJson.Default.ProbationBegun, ApplyAsync);
        catalog.Add(DeviceProved.Kind, ProbationJson.Default.DeviceProved, (tx, _, fact) => EndAsync(tx, fact.StationId, fact.DeviceKind, fact.Serial));
        catalog.Add(DeviceDisproved.Kind, ProbationJson.Default.DeviceDisproved, (tx, _, fact) => EndAsync(tx, fact.StationId, fact.DeviceKind, fact.Serial));
    }

    public static ValueTask<Probation?> LockAsync(Tx tx, StationId station, DeviceKey device) => tx.FirstAsync(
        $"SELECT {Columns} FROM health_probations WHERE station_id = $1 AND kind = $2 AND serial = $3 {tx.Dialect.ForUpdate}", Read, station.Value, device.Kind, device.Serial);

    public static ValueTask<List<Probation>> ListAsync(Tx tx, StationId station) =>
        tx.ListAsync($"SELECT {Columns} FROM health_probations WHERE station_id = $1 ORDER BY kind, serial", Read, station.Value);

    public static ValueTask<List<(StationId Station, Probation Probation)>> ListAsync(Tx tx) => tx.ListAsync(
        $"SELECT {Columns}, station_id FROM health_probations ORDER BY station_id, kind, serial", row => (StationId.Trusted(row.GetString(4)), Read(row)));

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, ProbationBegun fact) => await tx.ExecuteAsync(
        $"INSERT INTO health_probations (station_id, {Columns}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (station_id, kind, serial) DO UPDATE SET occasion = excluded.occasion, begun_at = excluded.begun_at",
        fact.StationId, fact.DeviceKind, fact.Serial, fact.Occasion, at);

    private static async ValueTask EndAsync(Tx tx, string station, DeviceKind kind, string serial) => await tx.ExecuteAsync(
        "DELETE FROM health_probations WHERE station_id = $1 AND kind = $2 AND serial = $3", station, kind, serial);

    private static Probation Read(Row row) => new(new DeviceKey((DeviceKind)row.GetInt64(0), row.GetString(1)), row.GetString(2), row.GetMoment(3));
}
