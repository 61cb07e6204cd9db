using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Agent.Devices;

namespace KtpGrpc.Fleet.Devices;

/// <summary>The kit's PC or its UPS: gauges that waver around what is usual.</summary>
internal sealed class SimulatedSurroundings(Device identity, string stationId, int seed) : IDevice
{
    private readonly string _name = $"{stationId}/{identity.Kind}";

    public Device Identity => identity;

    public Sample Read(DateTimeOffset now)
    {
        var chance = Chance.Of(seed, _name, now.ToUnixTimeSeconds());
        var sample = new Sample { Device = identity, TakenAt = now.ToTimestamp() };
        if (identity.Kind == DeviceKind.Ups)
        {
            sample.Gauges.Add(new Gauge { Signal = Signal.BatteryRatio, Value = Math.Round(1 - (0.05 * chance.NextDouble()), 3) });
            return sample;
        }

        sample.Gauges.Add(new Gauge { Signal = Signal.TemperatureCelsius, Value = Math.Round(44 + (8 * chance.NextDouble()), 1) });
        sample.Gauges.Add(new Gauge { Signal = Signal.DiskFreeRatio, Value = Math.Round(0.6 + (0.05 * chance.NextDouble()), 3) });
        return sample;
    }
}
