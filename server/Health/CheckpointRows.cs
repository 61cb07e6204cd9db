using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>The rows of what detectors have learned. They are no facts: what is lost is learned again.</summary>
internal static class CheckpointRows
{
    public static async ValueTask SaveAsync(Tx tx, StationId station, DateTimeOffset now, byte[] state) => await tx.ExecuteAsync(
        "INSERT INTO detector_checkpoints (station_id, at, state) VALUES ($1, $2, $3) ON CONFLICT (station_id) DO UPDATE SET at = excluded.at, state = excluded.state",
        station.Value, now, state);

    public static async ValueTask SaveBaselineAsync(Tx tx, string modelKey, double failed, double attempts) => await tx.ExecuteAsync(
        "INSERT INTO model_baselines (model_key, failed, attempts) VALUES ($1, $2, $3) ON CONFLICT (model_key) DO UPDATE SET failed = excluded.failed, attempts = excluded.attempts",
        modelKey, failed, attempts);

    public static ValueTask<List<(StationId Station, byte[] State)>> ListStationsAsync(Tx tx) => tx.ListAsync(
        "SELECT station_id, state FROM detector_checkpoints", row => (StationId.Trusted(row.GetString(0)), row.GetBytes(1)));

    public static ValueTask<List<(string ModelKey, double Failed, double Attempts)>> ListBaselinesAsync(Tx tx) => tx.ListAsync(
        "SELECT model_key, failed, attempts FROM model_baselines", row => (row.GetString(0), row.GetDouble(1), row.GetDouble(2)));
}
