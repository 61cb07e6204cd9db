using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Metrics;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health;

/// <summary>A device in memory: its detectors, and the condition that the database has. Guarded by its station's lock.</summary>
internal sealed class DeviceHealth(DeviceKey key, string model, Condition condition, Baselines baselines)
{
    private readonly ModelBaseline[] _usual = baselines.Of(key.Kind, model);
    private readonly RatioShift?[] _ratios = new RatioShift?[Ratio.All.Count];
    private CodeWatch _codes = new();
    private long _takenAt = long.MinValue;
    private LastSignals _last;
    private byte[]? _labels;

    public DeviceKey Key { get; } = key;

    public string Model { get; } = model;

    public Condition Condition { get; set; } = condition;

    /// <summary>What it told last of a signal; null where it never did since this server hears it.</summary>
    public double? LastOf(Signal signal) => _last.Of(signal);

    /// <summary>Its labels on the stations' page, made once.</summary>
    public byte[] LabelsIn(StationId station) => _labels ??= LabelText.Of(
        new("device", DeviceKey.NameOf(Key.Kind)), new("model", Model), new("region", station.Region.Value), new("serial", Key.Serial), new("station", station.Value));

    /// <summary>Feeds the detectors; true where they now say something else than the condition does.</summary>
    public bool Take(Sample sample, DateTimeOffset now)
    {
        // A sample that was overtaken on its way would look like a counter that began again.
        var taken = sample.TakenAt.Seconds * 1000 + sample.TakenAt.Nanos / 1_000_000;
        if (taken < _takenAt)
        {
            return false;
        }

        _takenAt = taken;
        _last.Take(sample);
        _codes.Take(sample.Codes, now);
        for (var i = 0; i < _ratios.Length && sample.Counters.Count > 0; i++)
        {
            var (failed, ok) = (TotalOf(sample, Ratio.All[i].Failed), TotalOf(sample, Ratio.All[i].Ok));
            if (failed is not null)
            {
                (_ratios[i] ??= new RatioShift()).Take(failed, ok, _usual[i], now);
            }
        }

        return IsNews;
    }

    /// <summary>
    /// What it believes needs a sample that is still to come: after a hello, since the kit's clock may have been set back, and
    /// after a silence.
    /// </summary>
    public void AwaitSample() => _takenAt = long.MinValue;

    public bool IsNews
    {
        get
        {
            var (state, advice) = Verdict();
            return _takenAt != long.MinValue && (state != Condition.State || advice != Condition.Advice);
        }
    }

    /// <summary>The condition that follows from the detectors, with all that speaks for it, the gravest first.</summary>
    public Condition Judge(DateTimeOffset now)
    {
        var (state, advice) = Verdict();
        var reasons = new List<(ConditionState State, Evidence Evidence)>();
        reasons.AddRange(_codes.All.Select(shown => (shown.Known.State, new Evidence($"It shows the code {shown.Known.Code}.", "known-code", 1, 0, 0, shown.Since))));
        for (var i = 0; i < _ratios.Length; i++)
        {
            if (_ratios[i] is { State: > ConditionState.Healthy } ratio)
            {
                reasons.Add((ratio.State, Ratio.All[i].Evidence(ratio, _usual[i].Rate)));
            }
        }

        return new Condition(state, now, [.. reasons.OrderByDescending(reason => reason.State).Select(reason => reason.Evidence)], advice);
    }

    public void Write(BinaryWriter to)
    {
        to.Write((byte)Key.Kind);
        to.Write(Key.Serial);
        to.Write(_takenAt);
        _codes.Write(to);
        foreach (var ratio in _ratios)
        {
            to.Write(ratio is not null);
            ratio?.Write(to);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote behind the key.</summary>
    public void Read(BinaryReader from)
    {
        _takenAt = from.ReadInt64();
        _codes = CodeWatch.Read(from);
        for (var i = 0; i < _ratios.Length; i++)
        {
            _ratios[i] = from.ReadBoolean() ? RatioShift.Read(from) : null;
        }
    }

    private (ConditionState State, string Advice) Verdict()
    {
        var (state, advice) = _codes.Worst is { } worst ? (worst.Known.State, worst.Known.Advice) : (ConditionState.Healthy, "");
        for (var i = 0; i < _ratios.Length; i++)
        {
            if (_ratios[i] is { } ratio && ratio.State > state)
            {
                (state, advice) = (ratio.State, Ratio.All[i].Advice(ratio.State));
            }
        }

        return (state, advice);
    }

    private static ulong? TotalOf(Sample sample, Signal signal)
    {
        for (var i = 0; i < sample.Counters.Count; i++)
        {
            if (sample.Counters[i].Signal == signal)
            {
                return sample.Counters[i].Total;
            }
        }

        return null;
    }
}
