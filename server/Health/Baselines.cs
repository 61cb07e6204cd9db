using System.Collections.Concurrent;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

/// <summary>What is usual, per kind and model of device and per ratio; one for the whole fleet.</summary>
internal sealed class Baselines
{
    private readonly ConcurrentDictionary<string, ModelBaseline> _models = new(StringComparer.Ordinal);

    /// <summary>A model's baselines, in the order of <see cref="Ratio.All"/>.</summary>
    public ModelBaseline[] Of(DeviceKind kind, string model) =>
        [.. Ratio.All.Select(ratio => _models.GetOrAdd($"{DeviceKey.NameOf(kind)}/{ratio.Name}/{model}", _ => new ModelBaseline(ratio.StatedRate)))];

    public void Restore(string modelKey, double failed, double attempts) => _models[modelKey] = new ModelBaseline(failed, attempts);

    /// <summary>What was learned since the last call, as rows.</summary>
    public List<(string ModelKey, double Failed, double Attempts)> TakeChanged() =>
        [.. _models.Where(model => model.Value.Changed).Select(model =>
        {
            var (failed, attempts) = model.Value.Read();
            return (model.Key, failed, attempts);
        })];
}
