using Ktp.Health.V1;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// Failed of attempted, over the last hundred or so attempts, against what is usual for the model. It forgets by attempts
/// and not by time, so an idle kit stays as it was. Counters that begin again start a new base and no alarm.
/// </summary>
internal sealed class RatioShift
{
    private const double Window = 100;

    /// <summary>Short enough that a few successes in a row show that a device lives again.</summary>
    private const double ShortWindow = 6;

    /// <summary>
    /// A run of failures without one success is a death when a device that fails as often as this one did before would
    /// show it once in a billion runs (its share is only estimated): 12 for a well one, 41 for one that fails six times in ten.
    /// </summary>
    private const double DeadOdds = 1e-9;
    private const int LeastForDead = 12;
    private const int MostForDead = 60;
    private const double AliveShare = 0.5;

    private const double DegradedAt = 3.5;
    private const double FailingAt = 5;

    private ulong? _failedBase;
    private ulong? _okBase;
    private double _failed;
    private double _attempts;
    private double _shortShare;
    private double _shareAlive;
    private double _barren;

    public ConditionState State { get; private set; } = ConditionState.Healthy;

    public DateTimeOffset Since { get; private set; }

    /// <summary>The share of failed among the attempts that are remembered.</summary>
    public double Share => _attempts > 0 ? _failed / _attempts : 0;

    public double Surprise { get; private set; }

    public double Attempts => _attempts;

    /// <summary>Takes the counters as they stand; null for one that the sample does not have.</summary>
    public void Take(ulong? failedTotal, ulong? okTotal, ModelBaseline baseline, DateTimeOffset now)
    {
        var failed = (double)Increment(ref _failedBase, failedTotal);
        var attempts = failed + Increment(ref _okBase, okTotal);
        if (attempts == 0)
        {
            return;
        }

        var share = failed / attempts;
        Forget(attempts, share);
        (_barren, _shareAlive) = attempts > failed ? (0, Share) : (_barren + failed, _shareAlive);
        var state = Judge(baseline.Rate);
        if (state != State)
        {
            (State, Since) = (state, now);
        }

        // What looks sick does not teach what is usual.
        if (State == ConditionState.Healthy && Share <= 3 * baseline.Rate)
        {
            baseline.Learn(Math.Min(failed, share * Window), Math.Min(attempts, Window));
        }
    }

    public void Write(BinaryWriter to)
    {
        WriteBase(to, _failedBase);
        WriteBase(to, _okBase);
        to.Write(_failed);
        to.Write(_attempts);
        to.Write(_shortShare);
        to.Write(_shareAlive);
        to.Write(_barren);
        to.Write(Surprise);
        to.Write((byte)State);
        to.Write(Since.ToUnixTimeMilliseconds());
    }

    public static RatioShift Read(BinaryReader from) => new()
    {
        _failedBase = ReadBase(from),
        _okBase = ReadBase(from),
        _failed = from.ReadDouble(),
        _attempts = from.ReadDouble(),
        _shortShare = from.ReadDouble(),
        _shareAlive = from.ReadDouble(),
        _barren = from.ReadDouble(),
        Surprise = from.ReadDouble(),
        State = (ConditionState)from.ReadByte(),
        Since = DateTimeOffset.FromUnixTimeMilliseconds(from.ReadInt64()),
    };

    private void Forget(double attempts, double share)
    {
        var kept = Math.Pow(1 - 1 / Window, attempts);
        var added = (1 - kept) * Window;
        _failed = _failed * kept + share * added;
        _attempts = _attempts * kept + added;
        var shortKept = Math.Pow(1 - 1 / ShortWindow, attempts);
        _shortShare = _shortShare * shortKept + share * (1 - shortKept);
    }

    /// <summary>Up at a threshold, down below half of it.</summary>
    private ConditionState Judge(double usual)
    {
        // The tail costs a microsecond: it is asked only where it can be thin.
        Surprise = _failed > 2 * usual * _attempts + 1 ? BetaBinomial.Surprise((int)_failed, (int)Math.Ceiling(_attempts), usual) : 0;
        if (State == ConditionState.Failed ? _shortShare >= AliveShare : _barren >= BarrenOfTheDead(usual))
        {
            return ConditionState.Failed;
        }

        if (Surprise >= (State >= ConditionState.Failing ? FailingAt / 2 : FailingAt))
        {
            return ConditionState.Failing;
        }

        return Surprise >= (State >= ConditionState.Degraded ? DegradedAt / 2 : DegradedAt) ? ConditionState.Degraded : ConditionState.Healthy;
    }

    private double BarrenOfTheDead(double usual)
    {
        var share = Math.Clamp(Math.Max(_shareAlive, usual), 0.001, 0.999);
        return Math.Clamp(Math.Ceiling(Math.Log(DeadOdds) / Math.Log(share)), LeastForDead, MostForDead);
    }

    private static ulong Increment(ref ulong? known, ulong? total)
    {
        var increment = known is { } from && total is { } to && to > from ? to - from : 0;
        known = total ?? known;
        return increment;
    }

    private static void WriteBase(BinaryWriter to, ulong? known)
    {
        to.Write(known.HasValue);
        to.Write(known ?? 0);
    }

    private static ulong? ReadBase(BinaryReader from)
    {
        var has = from.ReadBoolean();
        var value = from.ReadUInt64();
        return has ? value : null;
    }
}
