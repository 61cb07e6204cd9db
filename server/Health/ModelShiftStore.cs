using Ktp.Health.V1;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>The SQL of models that went bad together; what changes it are facts.</summary>
internal static class ModelShiftStore
{
    public static ValueTask<List<(DeviceKind Kind, string Model, ModelTrouble Trouble)>> ListAsync(Tx tx) => tx.ListAsync(
        "SELECT kind, model, signal, since, devices FROM model_shifts",
        row => ((DeviceKind)row.GetInt64(0), row.GetString(1), new ModelTrouble((Signal)row.GetInt64(2), row.GetMoment(3), (int)row.GetInt64(4), 0)));

    /// <summary>
    /// Whether it stands as this server believes, for the rest of the transaction. What all models of one key share is locked by
    /// the row of their counters, which is there before any of them can be judged.
    /// </summary>
    public static async ValueTask<bool> StandsAsync(Tx tx, DeviceKind kind, string model, ModelTrouble? trouble) =>
        await tx.NumberAsync($"SELECT 1 FROM model_counters WHERE model_key = $1 {tx.Dialect.ForUpdate}", CheckpointRows.KeyOf(kind, model)) == 1
        && await tx.NumberAsync("SELECT COALESCE(MAX(devices), 0) FROM model_shifts WHERE model_key = $1", CheckpointRows.KeyOf(kind, model)) == (trouble?.Devices ?? 0);

    public static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, ModelShifted fact) => await tx.ExecuteAsync(
        "INSERT INTO model_shifts (model_key, kind, model, signal, since, devices) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (model_key) DO UPDATE SET signal = excluded.signal, since = excluded.since, devices = excluded.devices",
        CheckpointRows.KeyOf(fact.DeviceKind, fact.Model), fact.DeviceKind, fact.Model, fact.Signal, fact.Since, fact.Devices);

    public static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, ModelRecovered fact) =>
        await tx.ExecuteAsync("DELETE FROM model_shifts WHERE model_key = $1", CheckpointRows.KeyOf(fact.DeviceKind, fact.Model));
}
