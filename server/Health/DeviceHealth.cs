using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Metrics;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health;

/// <summary>A device in memory: its detectors, and the condition that the database has. Guarded by its station's lock.</summary>
internal sealed class DeviceHealth(DeviceKey key, string model, Condition condition, Baselines baselines)
{
    private readonly ModelBaseline[] _usual = baselines.Of(key.Kind, model);
    private readonly RatioShift?[] _ratios = new RatioShift?[Ratio.All.Count];
    private readonly ModelUsual _model = baselines.UsualOf(key.Kind, model);
    private CodeWatch _codes = new();
    private CounterWatch? _counters;
    private SupplyWatch? _supplies;
    private GaugeWatches? _gauges;
    private long _takenAt = long.MinValue;
    private LastSignals _last;
    private byte[]? _labels;

    /// <summary>A failure is counted once for its model, however often it is told.</summary>
    private bool _hasFailed;

    public DeviceKey Key { get; } = key;

    public string Model { get; } = model;

    public Condition Condition { get; set; } = condition;

    /// <summary>The attention that its counters ask for; null where it has none.</summary>
    public CounterWatch? Counters => _counters;

    /// <summary>
    /// What its counters ask for, or else its ratios. Where a whole model is as strange, counters that are compared with the model's say
    /// less and less, and it is the share of failures that shows it.
    /// </summary>
    public (Attention Attention, Signal By, DateTimeOffset Since) Strangeness
    {
        get
        {
            if (_counters is { Attention: > Attention.None } counters)
            {
                return (counters.Attention, counters.Loudest.Signal, counters.Since);
            }

            (Attention Attention, Signal By, DateTimeOffset Since) gravest = default;
            for (var i = 0; i < _ratios.Length; i++)
            {
                if (_ratios[i] is { State: > ConditionState.Healthy } ratio
                    && (ratio.State >= ConditionState.Failing ? Attention.Act : Attention.Watch) is var attention && attention > gravest.Attention)
                {
                    gravest = (attention, Ratio.All[i].Failed, ratio.Since);
                }
            }

            return gravest;
        }
    }

    /// <summary>What it told last of a signal; null where it never did since this server hears it.</summary>
    public double? LastOf(Signal signal) => _last.Of(signal);

    /// <summary>Its labels on the stations' page, made once.</summary>
    public byte[] LabelsIn(StationId station) => _labels ??= LabelText.Of(
        new("device", DeviceKey.NameOf(Key.Kind)), new("model", Model), new("region", station.Region.Value), new("serial", Key.Serial), new("station", station.Value));

    /// <summary>Feeds the detectors; true where they now say something else than the condition does.</summary>
    /// <param name="day">The number of the office's day.</param>
    public bool Take(Sample sample, DateTimeOffset now, int day)
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
        var totals = CounterTotals.Of(sample.Counters);
        if (sample.Counters.Count > 0)
        {
            TakeCounters(totals, now, day);
        }

        if (_supplies is not null || SupplyWatch.Knows(sample.Gauges))
        {
            (_supplies ??= new SupplyWatch()).Take(sample.Gauges, totals, day, now);
        }

        if (sample.Gauges.Count > 0)
        {
            (_gauges ??= new GaugeWatches()).Take(sample.Gauges, now);
        }

        var (state, advice) = Verdict();
        CountFailure(state);
        return IsOther(state, advice);
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
            return _takenAt != long.MinValue && IsOther(state, advice);
        }
    }

    /// <summary>The condition that follows from the detectors, with all that speaks for it, the gravest first.</summary>
    public Condition Judge(DateTimeOffset now, RegionCode office)
    {
        var (state, advice) = Verdict();
        IEnumerable<Evidence> reasons = Reasons(OfficeTime.At(office, now), all: false)
            .Where(reason => reason.State > ConditionState.Healthy).OrderByDescending(reason => reason.State).Select(reason => reason.Evidence);
        return new Condition(state, now, [.. state > ConditionState.Healthy ? reasons.Concat(_gauges?.Tell(now, all: false) ?? []) : reasons], advice);
    }

    /// <summary>All that the detectors have to say, also where it is as usual, the gravest first; and what they do not know.</summary>
    public Explanation Explain(DateTimeOffset now, RegionCode office)
    {
        var gauges = (_gauges?.Tell(now, all: true) ?? []).Select(evidence => new Statement(ConditionState.Healthy, evidence));
        var reasons = Reasons(OfficeTime.At(office, now), all: true).OrderByDescending(reason => reason.State);
        return new Explanation([.. reasons, .. gauges], [.. Explanation.UnknownOf(Key.Kind, _model, _takenAt != long.MinValue, _counters is not null)]);
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

        to.Write(_hasFailed);
        to.Write(_counters is not null);
        _counters?.Write(to);
        to.Write(_supplies is not null);
        _supplies?.Write(to);
        to.Write(_gauges is not null);
        _gauges?.Write(to);
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

        _hasFailed = from.ReadBoolean();
        _counters = from.ReadBoolean() ? CounterWatch.Read(from, _model) : null;
        _supplies = from.ReadBoolean() ? SupplyWatch.Read(from) : null;
        _gauges = from.ReadBoolean() ? GaugeWatches.Read(from) : null;
    }

    private void TakeCounters(in CounterTotals totals, DateTimeOffset now, int day)
    {
        var (counts, isUnexplained) = (false, false);
        for (var i = 0; i < _ratios.Length; i++)
        {
            if (totals.Of(Ratio.All[i].Failed) is { } failed)
            {
                var ratio = _ratios[i] ??= new RatioShift();
                ratio.Take(failed, totals.Of(Ratio.All[i].Ok), _usual[i], now);
                counts |= ratio.Attempts > 0;
                isUnexplained |= ratio.Surprise >= CounterWatch.Unexplained;
            }
        }

        if (_counters is not null || CounterWatch.Knows(_model))
        {
            (_counters ??= new CounterWatch(_model)).Take(totals, counts && !isUnexplained, day, now);
        }
    }

    private void CountFailure(ConditionState state)
    {
        if (state == ConditionState.Failed && !_hasFailed)
        {
            _model.Record.TakeFailure();
        }

        _hasFailed = state == ConditionState.Failed || (_hasFailed && state > ConditionState.Healthy);
    }

    private bool IsOther(ConditionState state, string advice) => state != Condition.State || advice != Condition.Advice;

    private (ConditionState State, string Advice) Verdict()
    {
        var (state, advice) = _codes.Worst is { } worst ? (worst.Known.State, worst.Known.Advice) : (ConditionState.Healthy, "");
        for (var i = 0; i < _ratios.Length; i++)
        {
            if (_ratios[i] is { } ratio && Held(ratio.State, Ratio.All[i].Failed) is var own && own > state)
            {
                (state, advice) = (own, Ratio.All[i].Advice(own));
            }
        }

        if (_counters is { State: > ConditionState.Healthy } counters && Held(counters.State, counters.Loudest.Signal) is var strange && strange > state)
        {
            (state, advice) = (strange, counters.Loudest.Advice);
        }

        return state == ConditionState.Healthy && _supplies?.Short is { } supply ? (ConditionState.Degraded, supply.Advice) : (state, advice);
    }

    /// <summary>
    /// While its whole model is in trouble by a counter, that counter makes nothing graver of the device: the cause is not it.
    /// One that does not work any more is told all the same.
    /// </summary>
    private ConditionState Held(ConditionState state, Signal by)
    {
        if (_model.Shifted != by || state == ConditionState.Failed)
        {
            return state;
        }

        var before = Condition.State > ConditionState.Healthy ? Condition.State : ConditionState.Healthy;
        return state < before ? state : before;
    }

    private IEnumerable<Statement> Reasons(DateTimeOffset local, bool all)
    {
        foreach (var shown in _codes.All)
        {
            yield return new Statement(shown.Known.State, new Evidence($"It shows the code {shown.Known.Code}.", "known-code", 1, 0, 0, shown.Since));
        }

        for (var i = 0; i < _ratios.Length; i++)
        {
            if (_ratios[i] is { } ratio && (all ? ratio.Attempts > 0 : ratio.State > ConditionState.Healthy))
            {
                yield return new Statement(Held(ratio.State, Ratio.All[i].Failed), Ratio.All[i].Evidence(ratio, _usual[i].Rate));
            }
        }

        if (_counters is { State: > ConditionState.Healthy } strange)
        {
            foreach (var evidence in strange.Evidence())
            {
                yield return new Statement(Held(strange.State, strange.Loudest.Signal), evidence);
            }
        }
        else if (_counters is { } usual && all)
        {
            foreach (var evidence in usual.Explain())
            {
                yield return new Statement(ConditionState.Healthy, evidence);
            }
        }

        foreach (var statement in _supplies?.Tell(local, all) ?? [])
        {
            yield return statement;
        }
    }
}
