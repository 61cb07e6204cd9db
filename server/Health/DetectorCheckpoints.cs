using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Saves, once a minute, what the detectors of those stations have learned that spoke, so that a crash forgets at most that.</summary>
internal sealed class DetectorCheckpoints(HealthMemory memory, Baselines baselines, Database database)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    public async Task SaveAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var office in memory.Offices)
        {
            var spoke = office.Stations.Where(station => station.Dirty).ToList();
            if (spoke.Count > 0)
            {
                await SaveAsync(office, spoke, now, cancellation);
            }
        }

        var learned = baselines.TakeChanged();
        if (learned.Count > 0)
        {
            await database.WriteAsync(async tx =>
            {
                foreach (var (modelKey, failed, attempts) in learned)
                {
                    await CheckpointRows.SaveBaselineAsync(tx, modelKey, failed, attempts);
                }
            }, cancellation);
        }
    }

    /// <summary>In the office's turn: a kit must not change between the picture and its writing.</summary>
    private async Task SaveAsync(OfficeHealth office, List<StationHealth> stations, DateTimeOffset now, CancellationToken cancellation)
    {
        await office.Turn.WaitAsync(cancellation);
        try
        {
            var states = stations.ConvertAll(station =>
            {
                lock (station.Lock)
                {
                    station.Dirty = false;
                    return (station.Id, State: station.Checkpoint());
                }
            });
            await database.WriteAsync(async tx =>
            {
                foreach (var (id, state) in states)
                {
                    await CheckpointRows.SaveAsync(tx, id, now, state);
                }
            }, cancellation);
        }
        finally
        {
            office.Turn.Release();
        }
    }
}
