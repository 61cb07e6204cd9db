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
    private readonly ConcurrentDictionary<(DeviceKind Kind, string Model), ModelUsual> _usual = new();
    private readonly ConcurrentDictionary<DeviceKind, ModelUsual> _kinds = new();

    /// <summary>A model's baselines, in the order of <see cref="Ratio.All"/>.</summary>
    public ModelBaseline[] Of(DeviceKind kind, string model)
    {
        var name = _models.ContainsKey(KeyOf(kind, Ratio.All[0], model)) || _models.Count < MostModels * Ratio.All.Count ? model : Others;
        return [.. Ratio.All.Select(ratio => _models.GetOrAdd(KeyOf(kind, ratio, name), _ => new ModelBaseline(ratio.StatedRate)))];
    }

    /// <summary>What is usual of a model's counters; a new one starts from its kind's, and a new kind from what is stated.</summary>
    public ModelUsual UsualOf(DeviceKind kind, string model)
    {
        var name = _usual.ContainsKey((kind, model)) || _usual.Count < MostModels ? model : Others;
        return _usual.GetOrAdd((kind, name), static (key, of) => new ModelUsual(key.Kind, of), KindOf(kind));
    }

    /// <summary>All models that were ever met.</summary>
    public IEnumerable<(DeviceKind Kind, string Model, ModelUsual Usual)> Models => _usual.Select(model => (model.Key.Kind, model.Key.Model, model.Value));

    public bool TryRestoreUsual(DeviceKind kind, string? model, byte[] saved) => (model is null ? KindOf(kind) : UsualOf(kind, model)).TryRestore(saved);

    /// <summary>What was learned of counters since the last call; a kind's own has no model.</summary>
    public List<(DeviceKind Kind, string? Model, ModelUsual Usual, ModelLearned Learned)> TakeChangedUsual() =>
    [
        .. _kinds.Select(kind => (Kind: kind.Key, Model: (string?)null, Usual: kind.Value))
            .Concat(_usual.Select(model => (model.Key.Kind, Model: (string?)model.Key.Model, Usual: model.Value)))
            .Select(of => (of.Kind, of.Model, of.Usual, Learned: of.Usual.TakeChanged()))
            .Where(of => of.Learned is not null).Select(of => (of.Kind, of.Model, of.Usual, of.Learned!)),
    ];

    public void Restore(string modelKey, double failed, double attempts) => _models[modelKey] = new ModelBaseline(failed, attempts);

    /// <summary>What was learned of ratios since the last call.</summary>
    public List<(string ModelKey, ModelBaseline Baseline, LearnedRatio Learned)> TakeChanged() =>
        [.. _models.Where(model => model.Value.Changed).Select(model => (model.Key, model.Value, model.Value.Take()))];

    private ModelUsual KindOf(DeviceKind kind) => _kinds.GetOrAdd(kind, static of => new ModelUsual(of, null));

    private static string KeyOf(DeviceKind kind, Ratio ratio, string model) => $"{DeviceKey.NameOf(kind)}/{ratio.Name}/{model}";
}
