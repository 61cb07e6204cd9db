using Ktp.Health.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>The rows of what detectors have learned. They are no facts: what is lost is learned again.</summary>
internal static class CheckpointRows
{
    private const string Save = "INSERT INTO detector_checkpoints (station_id, at, state) SELECT $1, $2, $3 WHERE $4 = '' OR EXISTS (SELECT 1 FROM health_owners WHERE station_id = $1 AND server_id = $4) ON CONFLICT (station_id) DO UPDATE SET at = excluded.at, state = excluded.state";

    /// <summary>Saves what a server has learned of the stations that are still its own; an empty name stands for the only server.</summary>
    public static async ValueTask SaveAsync(Tx tx, string server, DateTimeOffset now, params IReadOnlyList<(StationId Station, byte[] State)> learned) =>
        await tx.ExecuteManyAsync(Save, [.. learned.Select(row => new object?[] { row.Station.Value, now, row.State, server })]);

    public static ValueTask<(DateTimeOffset At, byte[] State)?> FindLatestAsync(Tx tx, StationId station) => tx.FirstAsync(
        "SELECT at, state FROM detector_checkpoints WHERE station_id = $1", row => ((DateTimeOffset At, byte[] State)?)(row.GetMoment(0), row.GetBytes(1)), station.Value);

    public static ValueTask<byte[]?> FindAsync(Tx tx, StationId station) =>
        tx.FirstAsync("SELECT state FROM detector_checkpoints WHERE station_id = $1", row => row.GetBytes(0), station.Value);

    public static ValueTask<List<(StationId Station, byte[] State)>> ListAsync(Tx tx, RegionCode below, string after, int limit) => tx.ListAsync(
        "SELECT station_id, state FROM detector_checkpoints WHERE station_id >= $1 AND station_id < $2 AND station_id > $3 ORDER BY station_id LIMIT $4",
        row => (StationId.Trusted(row.GetString(0)), row.GetBytes(1)), below.Range.From, below.Range.To, after, limit);

    public static ValueTask SaveBaselinesAsync(Tx tx, IReadOnlyList<(string ModelKey, double Failed, double Attempts)> learned) => tx.ExecuteManyAsync(
        "INSERT INTO model_baselines (model_key, failed, attempts) VALUES ($1, $2, $3) ON CONFLICT (model_key) DO UPDATE SET failed = excluded.failed, attempts = excluded.attempts",
        [.. learned.Select(row => new object?[] { row.ModelKey, row.Failed, row.Attempts })]);

    public static ValueTask<List<(string ModelKey, double Failed, double Attempts)>> ListBaselinesAsync(Tx tx) => tx.ListAsync(
        "SELECT model_key, failed, attempts FROM model_baselines", row => (row.GetString(0), row.GetDouble(1), row.GetDouble(2)));

    /// <summary>Of a model's counters; a kind's own have no model.</summary>
    public static string KeyOf(DeviceKind kind, string? model) => model is null ? DeviceKey.NameOf(kind) : $"{DeviceKey.NameOf(kind)}/{model}";

    public static ValueTask SaveUsualAsync(Tx tx, IReadOnlyList<(DeviceKind Kind, string? Model, byte[] State)> learned) => tx.ExecuteManyAsync(
        "INSERT INTO model_counters (model_key, kind, model, state) VALUES ($1, $2, $3, $4) ON CONFLICT (model_key) DO UPDATE SET state = excluded.state",
        [.. learned.Select(row => new object?[] { KeyOf(row.Kind, row.Model), row.Kind, row.Model, row.State })]);

    public static ValueTask<List<(DeviceKind Kind, string? Model, byte[] State)>> ListUsualAsync(Tx tx) => tx.ListAsync(
        "SELECT kind, model, state FROM model_counters ORDER BY model_key", row => ((DeviceKind)row.GetInt64(0), row.GetStringOrNull(1), row.GetBytes(2)));
}
