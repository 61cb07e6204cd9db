using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using Ktp.Session.V1;

namespace KtpGrpc.Benchmarks.Load;

/// <summary>
/// The eight devices of a well kit, and one batch of samples of them that is written over again and again, as counters rise:
/// what a station sends, about 600 bytes.
/// </summary>
internal sealed class Kit
{
    private readonly ConnectRequest _message;
    private uint _beats;

    public Kit(int station)
    {
        Sample[] samples =
        [
            Sample(DeviceKind.Fingerprint, [Signal.CapturesOk, Signal.CapturesFailed, Signal.CapturesRetried], (Signal.Quality, 71), (Signal.CaptureSeconds, 4.2)),
            Sample(DeviceKind.Iris, [Signal.CapturesOk, Signal.CapturesFailed, Signal.CapturesRetried], (Signal.Quality, 80), (Signal.CaptureSeconds, 3.1)),
            Sample(DeviceKind.Camera, [Signal.CapturesOk, Signal.CapturesFailed, Signal.CapturesRetried], (Signal.Quality, 66)),
            Sample(DeviceKind.SignaturePad, [Signal.CapturesOk, Signal.CapturesFailed]),
            Sample(DeviceKind.Printer, [Signal.PrintsOk, Signal.PrintsFailed, Signal.EncodesFailed, Signal.CardsPicked], (Signal.RibbonLeftRatio, 0.4), (Signal.HopperBlanks, 55), (Signal.TemperatureCelsius, 41.5)),
            Sample(DeviceKind.CardReader, [Signal.CapturesOk, Signal.CapturesFailed]),
            Sample(DeviceKind.Ups, [], (Signal.BatteryRatio, 0.97)),
            Sample(DeviceKind.Host, [Signal.UplinkLost], (Signal.DiskFreeRatio, 0.61), (Signal.RoundTripSeconds, 0.12), (Signal.TemperatureCelsius, 52)),
        ];
        _message = new ConnectRequest { Samples = new SampleBatch { Samples = { samples } } };

        Sample Sample(DeviceKind kind, Signal[] counters, params (Signal Signal, double Value)[] gauges) => new()
        {
            Device = new Device { Kind = kind, Serial = $"{kind}-{station:00000}", Model = $"{kind} X100" },
            TakenAt = new Timestamp(),
            Counters = { counters.Select(signal => new Counter { Signal = signal }) },
            Gauges = { gauges.Select(gauge => new Gauge { Signal = gauge.Signal, Value = gauge.Value }) },
        };
    }

    public static int Devices => 8;

    public IEnumerable<Device> All => _message.Samples.Samples.Select(sample => sample.Device);

    /// <summary>The next message: each device did something more, and one attempt in fifty failed.</summary>
    public ConnectRequest Next(ulong sequence)
    {
        _beats++;
        var now = TimeProvider.System.GetUtcNow();
        var ticks = now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        foreach (var sample in _message.Samples.Samples)
        {
            sample.TakenAt.Seconds = ticks / TimeSpan.TicksPerSecond;
            sample.TakenAt.Nanos = (int)(ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
            foreach (var counter in sample.Counters)
            {
                counter.Total = counter.Signal is Signal.CapturesOk or Signal.PrintsOk or Signal.CardsPicked ? _beats : _beats / 50;
            }
        }

        _message.Sequence = sequence;
        return _message;
    }
}
