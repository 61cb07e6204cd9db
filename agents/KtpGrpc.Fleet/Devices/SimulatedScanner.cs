using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Fleet.Plan;

namespace KtpGrpc.Fleet.Devices;

/// <summary>
/// A capturing device that fares as its fate says. What it does follows from the seed, its name and the moment; two
/// equal ones that are used equally count equally.
/// </summary>
internal sealed class SimulatedScanner(Device identity, string stationId, DeviceFate fate, IReadOnlyList<BodyPart> parts, People people, int seed, Bouts? bouts = null) : ICaptureDevice
{
    private const double RetriedUsually = 0.05;

    private readonly string _name = $"{stationId}/{identity.Kind}";
    private Device _identity = identity;
    private DeviceFate _fate = fate;
    private ulong _ok;
    private ulong _failed;
    private ulong _retried;

    public Device Identity => _identity;

    public IReadOnlyList<BodyPart> Parts => parts;

    /// <summary>A technician gave it a new part, or put another one of the model in its place, which counts from 0.</summary>
    public void Renew(DeviceLife life)
    {
        _fate = life.Fate;
        if (life.Serial != _identity.Serial)
        {
            _identity = new Device { Kind = _identity.Kind, Model = _identity.Model, Serial = life.Serial };
            (_ok, _failed, _retried) = (0, 0, 0);
        }
    }

    /// <summary>So many citizens in the course of one beat, of whom only the counters tell.</summary>
    public void Exercise(int citizens, DateTimeOffset now)
    {
        var chance = Chance.Of(seed, _name, now.ToUnixTimeSeconds());
        for (var citizen = 0; citizen < citizens; citizen++)
        {
            CountOne(ref chance, now);
        }
    }

    public Task<CaptureOutcome> CaptureAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var chance = Chance.Of(seed, _name + "/capture", (long)(_ok + _failed));
        return Task.FromResult<CaptureOutcome>(CountOne(ref chance, now)
            ? new CaptureOutcome.Captured(people.Capture(parts))
            : new CaptureOutcome.Failed(_fate.IsDead(now) ? _fate.Code : "capture-failed"));
    }

    public Sample Read(DateTimeOffset now)
    {
        var sample = new Sample { Device = _identity, TakenAt = now.ToTimestamp() };
        sample.Counters.Add(new Counter { Signal = Signal.CapturesOk, Total = _ok });
        sample.Counters.Add(new Counter { Signal = Signal.CapturesFailed, Total = _failed });
        sample.Counters.Add(new Counter { Signal = Signal.CapturesRetried, Total = _retried });
        if (_fate.IsDead(now))
        {
            sample.Codes.Add(new DeviceCode { Code = _fate.Code });
            return sample;
        }

        // A worn device takes longer and sees less well; both waver a little.
        var chance = Chance.Of(seed, _name + "/gauges", now.ToUnixTimeSeconds());
        var strain = _fate.FailureRatio(now) - _fate.UsualRatio;
        sample.Gauges.Add(new Gauge { Signal = Signal.Quality, Value = Math.Round(82 - (40 * strain) + (4 * (chance.NextDouble() - 0.5)), 1) });
        sample.Gauges.Add(new Gauge { Signal = Signal.CaptureSeconds, Value = Math.Round(40 + (60 * strain) + (8 * (chance.NextDouble() - 0.5)), 1) });
        return sample;
    }

    private bool CountOne(ref Chance chance, DateTimeOffset now)
    {
        var ratio = Math.Max(_fate.FailureRatio(now), bouts?.FailedShare(stationId, _identity.Kind, now) ?? 0);
        if (chance.Happens(ratio))
        {
            _failed++;
            return false;
        }

        _ok++;
        if (chance.Happens(Math.Min(0.9, RetriedUsually + ratio)))
        {
            _retried++;
        }

        return true;
    }
}
