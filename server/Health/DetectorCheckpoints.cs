using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Saves, once a minute, what the detectors of those stations have learned that spoke, so that a crash forgets at most that.</summary>
internal sealed class DetectorCheckpoints(HealthMemory memory, StationOwners owners, Baselines baselines, Database database)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    public async Task SaveAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        List<Exception> faults = [];
        foreach (var office in memory.Offices)
        {
            var spoke = office.Stations.Where(station => station is { IsMine: true, Dirty: true }).ToList();
            try
            {
                if (spoke.Count > 0)
                {
                    await SaveAsync(office, spoke, now, cancellation);
                }
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested)
            {
                spoke.ForEach(station => station.Dirty = true);
                faults.Add(new InvalidOperationException($"What the stations of {office.Region} have taught was not saved.", fault));
            }
        }

        var learned = baselines.TakeChanged();
        if (learned.Count > 0)
        {
            await database.WriteAsync(tx => CheckpointRows.SaveBaselinesAsync(tx, learned), cancellation);
        }

        var usual = baselines.TakeChangedUsual();
        if (usual.Count > 0)
        {
            await database.WriteAsync(tx => CheckpointRows.SaveUsualAsync(tx, usual), cancellation);
        }

        if (faults.Count > 0)
        {
            throw new AggregateException(faults);
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
            await database.WriteAsync(tx => CheckpointRows.SaveAsync(tx, owners.Fence, now, states), cancellation);
        }
        finally
        {
            office.Turn.Release();
        }
    }
}
