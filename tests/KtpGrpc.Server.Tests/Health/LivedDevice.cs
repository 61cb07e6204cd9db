using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Tests.Health;

/// <summary>A device in memory that lives day by day, with nothing around it but what its model teaches.</summary>
internal sealed class LivedDevice
{
    public static readonly RegionCode Office = RegionCode.Trusted("53.71.04");

    /// <summary>Eight in the morning in Kupang.</summary>
    public static readonly DateTimeOffset Start = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Device _identity;
    private readonly Dictionary<Signal, ulong> _totals = [];

    public LivedDevice(Baselines baselines, DeviceKind kind, string serial, string model = "A")
    {
        _identity = Kit.Device(kind, serial, model);
        Health = new DeviceHealth(new DeviceKey(kind, serial), model, KtpGrpc.Server.Health.Condition.Unknown(Start), baselines);
    }

    public DeviceHealth Health { get; }

    public ConditionState State => Health.Condition.State;

    public static int DayOf(DateTimeOffset at) => (int)((at.ToUnixTimeSeconds() + 8 * 3600) / 86400);

    /// <summary>So many more of each, told in one sample.</summary>
    public Sample Sample(DateTimeOffset at, params (Signal Signal, long More)[] counters)
    {
        var sample = new Sample { Device = _identity, TakenAt = at.ToTimestamp() };
        foreach (var (signal, more) in counters)
        {
            _totals[signal] = (ulong)Math.Max(0, (long)_totals.GetValueOrDefault(signal) + more);
            sample.Counters.Add(new Counter { Signal = signal, Total = _totals[signal] });
        }

        return sample;
    }

    public void Live(DateTimeOffset at, params (Signal Signal, long More)[] counters) => Take(Sample(at, counters), at);

    public void Take(Sample sample, DateTimeOffset at)
    {
        if (Health.Take(sample, at, DayOf(at)))
        {
            Health.Condition = Health.Judge(at, Office);
        }
    }

    /// <summary>A counter that begins again at 0.</summary>
    public void Reset() => _totals.Clear();
}
