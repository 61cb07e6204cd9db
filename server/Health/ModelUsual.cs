using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>What is usual of the counters of one model, how often it fails, and whether all of it is in trouble at present.</summary>
/// <param name="kind">That of all models of the kind, which is taught along; null for the kind's own.</param>
internal sealed class ModelUsual(DeviceKind device, ModelUsual? kind)
{
    /// <summary>
    /// Device-days of a kind before its counters say anything: what is stated for a new kind knows nothing of the country's
    /// work. Six kits teach that in a month, a province in a day.
    /// </summary>
    public const int LeastDays = 100;

    /// <summary>
    /// Device-days of the last weeks against which totals are compared: after a long silence of all, or a clock that jumped,
    /// nothing of how old a fleet is now is known. One kit alone has nobody to be compared with.
    /// </summary>
    private const int LeastRecentDays = 30;

    private readonly Lock _telling = new();
    private double _savedDays;
    private double _savedFailures;
    private double _takenDays;
    private double _takenFailures;
    private DateTimeOffset _toldAt = DateTimeOffset.MinValue;
    private volatile ModelTrouble? _trouble;

    public IReadOnlyList<WatchedCounter> Counters { get; } = WatchedCounter.Of(device);

    /// <summary>In the order of <see cref="Counters"/>.</summary>
    public SurpriseBaseline[] Baselines { get; } =
        [.. WatchedCounter.Of(device).Select((counter, i) => new SurpriseBaseline(counter.Name, DeviceKey.NameOf(device), CounterSort.Trouble, kind?.Baselines[i]))];

    public FailureRecord Record { get; } = new(kind?.Record);

    /// <summary>Device-days of the kind that have been seen.</summary>
    public double KindDays => (kind ?? this).Record.Days;

    public bool IsTaught
    {
        get
        {
            for (var i = 0; i < Baselines.Length; i++)
            {
                if ((kind ?? this).Baselines[i].RecentDays < LeastRecentDays)
                {
                    return false;
                }
            }

            return KindDays >= LeastDays;
        }
    }

    /// <summary>What the model's devices went bad in together; null while they did not.</summary>
    public ModelTrouble? Trouble => _trouble;

    /// <summary>The counter of that; unspecified while there is none.</summary>
    public Signal Shifted => _trouble?.Signal ?? Signal.Unspecified;

    /// <summary>What was told before something that is known already changes nothing.</summary>
    public void Tell(ModelTrouble? trouble, DateTimeOffset at)
    {
        lock (_telling)
        {
            if (at > _toldAt)
            {
                (_trouble, _toldAt) = (trouble, at);
            }
        }
    }

    /// <summary>What is known, and what of it was learned here; null for nothing since the last call.</summary>
    public ModelLearned? TakeChanged()
    {
        var (days, failures) = (Record.Days, Record.Failures);
        if (days == _takenDays && failures == _takenFailures)
        {
            return null;
        }

        (_takenDays, _takenFailures) = (days, failures);
        var counters = Counters.Select((counter, i) => (counter.Signal, Histograms: (IReadOnlyList<LearnedHistogram>)[.. Baselines[i].Histograms.Select(histogram => histogram.Take())])).ToList();
        var now = new ModelState(
            failures, days, Baselines.SelectMany(baseline => baseline.Histograms).Select(histogram => histogram.Day).DefaultIfEmpty(ModelState.UnknownDay).Max(),
            [.. counters.Select(counter => new CounterState(counter.Signal, [.. counter.Histograms.Select(histogram => histogram.Seen)]))]);
        return new ModelLearned(now, failures - _savedFailures, days - _savedDays, counters, SumsModels: kind is null);
    }

    /// <summary>Takes over what the tables have by now: what other servers have learned comes with it.</summary>
    public void Adopt(ModelState merged, ModelLearned taken)
    {
        foreach (var (saved, before) in merged.Counters.Zip(taken.Now.Counters))
        {
            var histograms = Baselines[IndexOf(saved.Signal)].Histograms;
            for (var i = 0; i < histograms.Count; i++)
            {
                histograms[i].Adopt(saved.Seen[i], before.Seen[i]);
            }
        }

        var (failures, days) = (merged.Failures - taken.Now.Failures, merged.Days - taken.Now.Days);
        if (failures != 0 || days != 0)
        {
            Record.Take(failures, days);
        }

        (_savedFailures, _savedDays) = (merged.Failures, merged.Days);
        (_takenFailures, _takenDays) = (_takenFailures + failures, _takenDays + days);
    }

    /// <summary>Takes up what was saved; false for what this program cannot read: the model is learned anew.</summary>
    public bool TryRestore(byte[] saved)
    {
        if (ModelState.Read(saved) is not { } state)
        {
            return false;
        }

        if (kind is not null && Record.Days == 0)
        {
            // The kind's own record is the sum of its models'; a second reading counts nothing twice.
            Record.Take(state.Failures, state.Days);
        }

        foreach (var counter in state.Counters.Where(counter => IndexOf(counter.Signal) >= 0))
        {
            var histograms = Baselines[IndexOf(counter.Signal)].Histograms;
            for (var i = 0; i < histograms.Count; i++)
            {
                histograms[i].Restore(counter.Seen[i]);
            }
        }

        (_savedFailures, _savedDays) = (_takenFailures, _takenDays) = (Record.Failures, Record.Days);
        return true;
    }

    private int IndexOf(Signal signal)
    {
        for (var i = 0; i < Counters.Count; i++)
        {
            if (Counters[i].Signal == signal)
            {
                return i;
            }
        }

        return -1;
    }
}
