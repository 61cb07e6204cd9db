using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

internal enum ProbationVerdict
{
    Open,
    Proved,
    Disproved,
}

/// <summary>
/// What a device that was worked on has done since, by the increments of its counters. Only what lies between two samples that
/// were both taken after the beginning counts, so that nothing of before does. Guarded by its station's lock.
/// </summary>
internal sealed class Probation(DeviceKey device, string occasion, DateTimeOffset begunAt)
{
    /// <summary>Citizens or cards in a row of a working day: a lucky sick device that fails half its attempts gets there, but not as a healthy one.</summary>
    public const int Needed = 10;

    private readonly long _begun = begunAt.ToUnixTimeMilliseconds();
    private readonly Dictionary<DeviceKey, Tally> _tallies = [];

    public DeviceKey Device { get; } = device;

    public string Occasion { get; } = occasion;

    public DateTimeOffset BegunAt { get; } = begunAt;

    /// <summary>Of the device that did most: where the whole kit counts, one citizen is one success and not three.</summary>
    public int Successes => (int)Math.Min(int.MaxValue, _tallies.Values.Select(tally => tally.Successes).DefaultIfEmpty().Max());

    private long Failures => _tallies.Values.Select(tally => tally.Failures).DefaultIfEmpty().Max();

    public void Take(Sample sample)
    {
        var key = new DeviceKey(sample.Device.Kind, sample.Device.Serial);
        if (!Counts(key) || MomentOf(sample.TakenAt) is var at && at < _begun)
        {
            return;
        }

        var (ok, failed) = (0UL, 0UL);
        for (var i = 0; i < sample.Counters.Count; i++)
        {
            ok += sample.Counters[i].Signal is Signal.CapturesOk or Signal.PrintsOk ? sample.Counters[i].Total : 0;
            failed += sample.Counters[i].Signal is Signal.CapturesFailed or Signal.PrintsFailed or Signal.EncodesFailed ? sample.Counters[i].Total : 0;
        }

        if (!_tallies.TryGetValue(key, out var before))
        {
            _tallies[key] = new Tally(at, ok, failed, 0, 0);
        }
        else if (at >= before.At)
        {
            _tallies[key] = new Tally(at, ok, failed, before.Successes + Increment(before.Ok, ok), before.Failures + Increment(before.Failed, failed));
        }
    }

    /// <summary>After a hello the kit's clock may have been set back.</summary>
    public void AwaitSample()
    {
        foreach (var (key, tally) in _tallies)
        {
            _tallies[key] = tally with { At = long.MinValue };
        }
    }

    /// <summary>
    /// What follows while the device is believed to be in a state. A device whose condition was bad when the work ended and that
    /// goes on failing gets no new verdict of the detectors: it is its own attempts that tell.
    /// </summary>
    public ProbationVerdict Judge(ConditionState state) =>
        state == ConditionState.Healthy && Successes >= Needed ? ProbationVerdict.Proved
        : state >= ConditionState.Failing && Failures >= Needed && Failures >= Successes ? ProbationVerdict.Disproved
        : ProbationVerdict.Open;

    public void Write(BinaryWriter to)
    {
        to.Write((byte)Device.Kind);
        to.Write(Device.Serial);
        to.Write(Occasion);
        to.Write(_begun);
        to.Write(_tallies.Count);
        foreach (var (key, tally) in _tallies)
        {
            to.Write((byte)key.Kind);
            to.Write(key.Serial);
            to.Write(tally.At);
            to.Write(tally.Ok);
            to.Write(tally.Failed);
            to.Write(tally.Successes);
            to.Write(tally.Failures);
        }
    }

    public static Probation Read(BinaryReader from)
    {
        var read = new Probation(new DeviceKey((DeviceKind)from.ReadByte(), from.ReadString()), from.ReadString(), DateTimeOffset.FromUnixTimeMilliseconds(from.ReadInt64()));
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            read._tallies[new DeviceKey((DeviceKind)from.ReadByte(), from.ReadString())] =
                new Tally(from.ReadInt64(), from.ReadUInt64(), from.ReadUInt64(), from.ReadInt64(), from.ReadInt64());
        }

        return read;
    }

    /// <summary>
    /// What captures or prints proves itself; of a station, its PC, a UPS, a reader or a pad it is the kit's work that shows that
    /// they serve it.
    /// </summary>
    private bool Counts(DeviceKey key) => Device.Kind is DeviceKind.Fingerprint or DeviceKind.Iris or DeviceKind.Camera or DeviceKind.Printer ? key == Device : key.Kind != DeviceKind.Printer;

    private static long MomentOf(Timestamp taken) => taken.Seconds * 1000 + taken.Nanos / 1_000_000;

    /// <summary>A counter that begins again is a new base.</summary>
    private static long Increment(ulong from, ulong to) => to > from ? (long)Math.Min(to - from, int.MaxValue) : 0;

    private readonly record struct Tally(long At, ulong Ok, ulong Failed, long Successes, long Failures);
}
