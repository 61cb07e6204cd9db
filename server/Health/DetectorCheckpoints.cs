using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Saves, once a minute, what the detectors of those stations have learned that spoke, so that a crash forgets at most that.</summary>
internal sealed class DetectorCheckpoints(HealthMemory memory, StationOwners owners, Baselines baselines, Database database)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    /// <summary>A country has some dozens of models; more do not hold their rows for seconds.</summary>
    private const int ModelsAtOnce = 200;

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

        await MergeModelsAsync(cancellation);
        if (faults.Count > 0)
        {
            throw new AggregateException(faults);
        }
    }

    /// <summary>Every server teaches the same rows, adds its own to what the others taught, and learns that from them.</summary>
    private async Task MergeModelsAsync(CancellationToken cancellation)
    {
        foreach (var some in baselines.TakeChanged().OrderBy(ratio => ratio.ModelKey, StringComparer.Ordinal).Chunk(ModelsAtOnce))
        {
            var merged = await database.WriteAsync(async tx =>
            {
                var rows = new List<(double, double)>();
                foreach (var ratio in some)
                {
                    rows.Add(await CheckpointRows.MergeBaselineAsync(tx, ratio.ModelKey, ratio.Learned));
                }

                return rows;
            }, cancellation);
            foreach (var (ratio, row) in some.Zip(merged))
            {
                ratio.Baseline.Adopt(row, ratio.Learned);
            }
        }

        foreach (var some in baselines.TakeChangedUsual().OrderBy(model => CheckpointRows.KeyOf(model.Kind, model.Model), StringComparer.Ordinal).Chunk(ModelsAtOnce))
        {
            var merged = await database.WriteAsync(async tx =>
            {
                var rows = new List<ModelState>();
                foreach (var model in some)
                {
                    rows.Add(await CheckpointRows.MergeUsualAsync(tx, model.Kind, model.Model, model.Learned));
                }

                return rows;
            }, cancellation);
            foreach (var (model, row) in some.Zip(merged))
            {
                model.Usual.Adopt(row, model.Learned);
            }
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
