using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;

namespace KtpGrpc.Benchmarks;

/// <summary>
/// What listening to a device costs: all of its detectors, per sample and signal, against the bar of 100 ns. A printer's four
/// counters and three gauges, over days, with a failure now and then; without the wire and the check of its form.
/// </summary>
internal static class DetectBenchmark
{
    public const string Name = "detect";

    private const double Bar = 100;
    private const int Devices = 64;
    private const int Samples = 2000;
    private const int Signals = 7;
    private const int SamplesOfDay = 400;
    private const int FailsEach = 60;

    private static readonly Figure[] _figures = [new("a sample, per signal", "ns", new Bar(1, IsLeast: false)), new("allocated", "bytes/sample")];

    public static Task<Contest> RunAsync(int rounds, CancellationToken cancellation)
    {
        var samples = MakeSamples();
        return Contest.RunAsync(Name, _figures, 2, rounds,
        [
            new("ours", _ => Task.FromResult(Measure(samples))),
            new("the bar", _ => Task.FromResult<double[]>([Bar, 0])),
        ], cancellation);
    }

    private static double[] Measure(Sample[] samples)
    {
        var baselines = new Baselines();
        var devices = Enumerable.Range(0, Devices).Select(number => new DeviceHealth(
            new DeviceKey(DeviceKind.Printer, $"PR-{number}"), "PR-A", new KtpGrpc.Server.Health.Condition(ConditionState.Healthy, DateTimeOffset.UnixEpoch, [], ""), baselines)).ToArray();
        var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), TimeProvider.System.GetTimestamp());
        for (var i = 0; i < samples.Length; i++)
        {
            var now = DateTimeOffset.FromUnixTimeSeconds(samples[i].TakenAt.Seconds);
            foreach (var device in devices)
            {
                device.Take(samples[i], now, i / SamplesOfDay);
            }
        }

        var took = TimeProvider.System.GetElapsedTime(start);
        return [took.TotalNanoseconds / samples.Length / Devices / Signals, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)samples.Length / Devices];
    }

    private static Sample[] MakeSamples()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Samples).Select(i => new Sample
        {
            Device = new Device { Kind = DeviceKind.Printer, Serial = "PR-1", Model = "PR-A" },
            TakenAt = DateTimeOffset.UnixEpoch.AddYears(46).AddSeconds(86400 * (i / SamplesOfDay) + 60 * (i % SamplesOfDay)).ToTimestamp(),
            Counters =
            {
                Count(Signal.PrintsOk, i),
                Count(Signal.PrintsFailed, i / FailsEach),
                Count(Signal.EncodesFailed, i / FailsEach / 2),
                Count(Signal.CardsPicked, i + i / FailsEach),
            },
            Gauges =
            {
                new Gauge { Signal = Signal.RibbonLeftRatio, Value = 1 - i % 500 / 500.0 },
                new Gauge { Signal = Signal.TemperatureCelsius, Value = 45 + 5 * random.NextDouble() },
                new Gauge { Signal = Signal.RoundTripSeconds, Value = 0.1 + 0.05 * random.NextDouble() },
            },
        })];

        static Counter Count(Signal signal, int total) => new() { Signal = signal, Total = (ulong)total };
    }
}
