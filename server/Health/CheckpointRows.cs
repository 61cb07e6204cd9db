using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
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

    /// <summary>
    /// Adds what a server has learned of a ratio to what the row has, whoever taught that, and gives what it has then. Rows are
    /// asked for in the order of their keys, so that two servers wait for each other in turn.
    /// </summary>
    public static async ValueTask<(double Failed, double Attempts)> MergeBaselineAsync(Tx tx, string modelKey, LearnedRatio learned)
    {
        await tx.ExecuteAsync("INSERT INTO model_baselines (model_key, failed, attempts) VALUES ($1, 0, 0) ON CONFLICT (model_key) DO NOTHING", modelKey);
        var row = (await tx.ListAsync($"SELECT failed, attempts FROM model_baselines WHERE model_key = $1 {tx.Dialect.ForUpdate}", row => (row.GetDouble(0), row.GetDouble(1)), modelKey))[0];
        var merged = ModelBaseline.Merge(row, learned);
        await tx.ExecuteAsync("UPDATE model_baselines SET failed = $2, attempts = $3 WHERE model_key = $1", modelKey, merged.Failed, merged.Attempts);
        return merged;
    }

    public static ValueTask<List<(string ModelKey, double Failed, double Attempts)>> ListBaselinesAsync(Tx tx) => tx.ListAsync(
        "SELECT model_key, failed, attempts FROM model_baselines", row => (row.GetString(0), row.GetDouble(1), row.GetDouble(2)));

    /// <summary>Of a model's counters; a kind's own have no model.</summary>
    public static string KeyOf(DeviceKind kind, string? model) => model is null ? DeviceKey.NameOf(kind) : $"{DeviceKey.NameOf(kind)}/{model}";

    /// <summary>The same for what was learned of a model's counters.</summary>
    public static async ValueTask<ModelState> MergeUsualAsync(Tx tx, DeviceKind kind, string? model, ModelLearned learned)
    {
        var key = KeyOf(kind, model);
        await tx.ExecuteAsync("INSERT INTO model_counters (model_key, kind, model, state) VALUES ($1, $2, $3, $4) ON CONFLICT (model_key) DO NOTHING", key, kind, model, Array.Empty<byte>());
        var row = (await tx.ListAsync($"SELECT state FROM model_counters WHERE model_key = $1 {tx.Dialect.ForUpdate}", row => row.GetBytes(0), key))[0];
        var merged = ModelState.Merge(ModelState.Read(row), learned);
        await tx.ExecuteAsync("UPDATE model_counters SET state = $2 WHERE model_key = $1", key, merged.ToBytes());
        return merged;
    }

    public static ValueTask<List<(DeviceKind Kind, string? Model, byte[] State)>> ListUsualAsync(Tx tx) => tx.ListAsync(
        "SELECT kind, model, state FROM model_counters ORDER BY model_key", row => ((DeviceKind)row.GetInt64(0), row.GetStringOrNull(1), row.GetBytes(2)));
}
