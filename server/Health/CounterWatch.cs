using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>The counters of one device beside those of its model, and the attention that they ask for. Guarded by its station's lock.</summary>
internal sealed class CounterWatch(ModelUsual usual)
{
    /// <summary>
    /// As −log10: failures that come with more work are no trouble. Of a device that counts its attempts a rare number is heard
    /// only where the failed share of them is rare as well.
    /// </summary>
    public const double Unexplained = 2.5;

    private readonly DeviceSurprise _surprise = new(usual.Baselines, usual.Record);
    private Hysteresis _attention = Hysteresis.Calm;

    public Attention Attention => _attention.Attention;

    /// <summary>When attention was asked for first.</summary>
    public DateTimeOffset Since { get; private set; }

    public double Score => _surprise.Score;

    /// <summary>The day of the office in which it was heard last.</summary>
    public int Day { get; private set; } = int.MinValue;

    public ConditionState State => Attention switch { Attention.Act => ConditionState.Failing, Attention.Watch => ConditionState.Degraded, _ => ConditionState.Healthy };

    /// <summary>The counter that says most.</summary>
    public WatchedCounter Loudest => usual.Counters[_surprise.Loudest];

    /// <summary>Whether a kind has a counter that is watched.</summary>
    public static bool Knows(ModelUsual usual) => usual.Counters.Count > 0;

    /// <param name="isExplained">Whether no more fails than so much work explains.</param>
    public void Take(in CounterTotals totals, bool isExplained, int day, DateTimeOffset now)
    {
        for (var i = 0; i < usual.Counters.Count; i++)
        {
            if (totals.Of(usual.Counters[i].Signal) is { } total)
            {
                _surprise.Take(i, total, day);
                Day = day;
            }
        }

        var before = _attention.Attention;
        _attention = Hysteresis.Next(_attention, isExplained || !usual.IsTaught ? 0 : _surprise.Score, day, AttentionBudget.OfSurprise);
        if (before == Attention.None && Attention > Attention.None)
        {
            Since = now;
        }
    }

    /// <summary>What speaks for the attention, the loudest first.</summary>
    public IReadOnlyList<Evidence> Evidence()
    {
        Evidence[] all = [.. _surprise.Explain().OrderByDescending(one => one.Surprise).Select(one => new Evidence(one.Text, "counter-surprise", one.Value, 0, Math.Round(one.Surprise, 2), Since))];
        return all.Length > 0 ? all : [new Evidence("Its counters were strange, and are not for the present.", "counter-surprise", 0, 0, Math.Round(Score, 2), Since)];
    }

    /// <summary>What each counter says, also where it is as usual.</summary>
    public IEnumerable<Evidence> Explain()
    {
        for (var i = 0; i < usual.Counters.Count; i++)
        {
            // A sum fades by the day: what a steady device adds in one is this share of it.
            var (counter, baseline) = (_surprise[i], usual.Baselines[i].MedianSum * (1 - CounterSurprise.Keep));
            yield return new Evidence(
                FormattableString.Invariant($"{usual.Counters[i].Name} +{counter.Today:0} today; usual for this model are {baseline:0.#} a day."),
                "counter-surprise", counter.Today, Math.Round(baseline, 2), Math.Round(counter.Surprise, 2), Attention == Attention.None ? default : Since);
        }
    }

    public void Write(BinaryWriter to)
    {
        _surprise.Write(to);
        to.Write((byte)_attention.Attention);
        to.Write(_attention.BelowSince);
        to.Write(Since.ToUnixTimeMilliseconds());
        to.Write(Day);
    }

    public static CounterWatch Read(BinaryReader from, ModelUsual usual)
    {
        var watch = new CounterWatch(usual);
        watch._surprise.Read(from);
        watch._attention = new Hysteresis((Attention)from.ReadByte(), from.ReadInt32());
        watch.Since = DateTimeOffset.FromUnixTimeMilliseconds(from.ReadInt64());
        watch.Day = from.ReadInt32();
        return watch;
    }
}
