using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>
/// Looks, once a minute, for models whose devices went bad together. Every server that hears one of them judges the whole
/// model, by what the others saved a minute ago at most; the first one tells it.
/// </summary>
internal sealed class ModelShiftWatch(HealthMemory memory, SavedStations saved, Baselines baselines, Database database, JournalWriter journal)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    public async Task RunAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var seen = See(memory.Stations.Where(station => station.IsMine), now);
        var due = seen.Where(model => baselines.UsualOf(model.Key.Kind, model.Key.Model).Trouble is not null || model.Value.Exists(device => device.Attention >= Attention.Watch))
            .Select(model => model.Key).ToList();
        if (due.Count == 0)
        {
            return;
        }

        var others = See(await saved.PictureOthersAsync(cancellation), now);
        foreach (var (kind, model) in due)
        {
            await JudgeAsync(kind, model, [.. seen[(kind, model)], .. others.GetValueOrDefault((kind, model)) ?? []], now, cancellation);
        }
    }

    private async Task JudgeAsync(DeviceKind kind, string model, List<ModelDevice> devices, DateTimeOffset now, CancellationToken cancellation)
    {
        var usual = baselines.UsualOf(kind, model);
        var (before, after) = (usual.Trouble, ModelShift.Judge(usual.Trouble, devices));
        if (before == after)
        {
            return;
        }

        var told = await database.WriteAsync(async tx =>
        {
            if (!await ModelShiftStore.StandsAsync(tx, kind, model, before))
            {
                return false;
            }

            await journal.AcceptAsync(tx, now, "server", after is null ? new ModelRecovered(model, kind) : FactOf(kind, model, after, hasGrown: before is not null));
            return true;
        }, cancellation);
        if (told)
        {
            usual.Tell(after, now);
        }
    }

    private static ModelShifted FactOf(DeviceKind kind, string model, ModelTrouble trouble, bool hasGrown) => new(
        model, kind, trouble.Signal, trouble.Since, trouble.Devices,
        FormattableString.Invariant($"Far more {WatchedCounter.NameOf(kind, trouble.Signal)} than usual at {trouble.Devices} of the {trouble.Heard} that were heard {(hasGrown ? "this week" : "today")}: look for what they share, a firmware or a batch."));

    private static Dictionary<(DeviceKind Kind, string Model), List<ModelDevice>> See(IEnumerable<StationHealth> stations, DateTimeOffset now)
    {
        var models = new Dictionary<(DeviceKind Kind, string Model), List<ModelDevice>>();
        foreach (var station in stations)
        {
            var day = station.DayAt(now);
            lock (station.Lock)
            {
                foreach (var device in station.Devices)
                {
                    if (device.Counters is { Day: > int.MinValue } counters)
                    {
                        var (key, strange) = ((device.Key.Kind, device.Model), device.Strangeness);
                        (models.TryGetValue(key, out var known) ? known : models[key] = []).Add(
                            new ModelDevice(strange.Attention, strange.By, strange.Since, (int)Math.Clamp((long)day - counters.Day, 0, int.MaxValue)));
                    }
                }
            }
        }

        return models;
    }
}
