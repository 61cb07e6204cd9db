using System.Collections.Concurrent;
using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>What is usual, per kind and model of device and per ratio; one for the whole fleet.</summary>
internal sealed class Baselines
{
    /// <summary>More models than any fleet has: what comes beyond them, by a typing error or in malice, shares one baseline per kind.</summary>
    public const int MostModels = 4096;

    private const string Others = "";

    private readonly ConcurrentDictionary<string, ModelBaseline> _models = new(StringComparer.Ordinal);

    /// <summary>A model's baselines, in the order of <see cref="Ratio.All"/>.</summary>
    public ModelBaseline[] Of(DeviceKind kind, string model)
    {
        var name = _models.ContainsKey(KeyOf(kind, Ratio.All[0], model)) || _models.Count < MostModels * Ratio.All.Count ? model : Others;
        return [.. Ratio.All.Select(ratio => _models.GetOrAdd(KeyOf(kind, ratio, name), _ => new ModelBaseline(ratio.StatedRate)))];
    }

    public void Restore(string modelKey, double failed, double attempts) => _models[modelKey] = new ModelBaseline(failed, attempts);

    /// <summary>What was learned since the last call, as rows.</summary>
    public List<(string ModelKey, double Failed, double Attempts)> TakeChanged() =>
        [.. _models.Where(model => model.Value.Changed).Select(model =>
        {
            var (failed, attempts) = model.Value.Read();
            return (model.Key, failed, attempts);
        })];

    private static string KeyOf(DeviceKind kind, Ratio ratio, string model) => $"{DeviceKey.NameOf(kind)}/{ratio.Name}/{model}";
}
