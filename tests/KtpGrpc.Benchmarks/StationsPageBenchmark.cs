using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Condition = KtpGrpc.Server.Health.Condition;

namespace KtpGrpc.Benchmarks;

/// <summary>
/// A page of 220,000 series of stations and devices, beside a copy of its text in memory, and beside a page that is built as
/// a string first.
/// </summary>
internal static class StationsPageBenchmark
{
    public const string Name = "stations-page";

    private const int Series = 220_000;
    private const int WarmUps = 3;
    private const int Pages = 10;
    private const double MillisecondsOfSecond = 1e3;

    private static readonly DateTimeOffset _now = new(2017, 3, 30, 3, 0, 0, TimeSpan.Zero);

    private static readonly Figure[] _figures =
    [
        new($"CPU of a page of {Series:#,0} series", "ms", new Bar(25, IsLeast: false)),
        new("allocated", "bytes/page"),
    ];

    /// <summary>What each device of a kit tells: 30 signals, beside which each of five has a condition and a surprise, and the station a condition and a silence.</summary>
    private static readonly (DeviceKind Kind, Signal[] Signals)[] _kit =
    [
        (DeviceKind.Fingerprint, [Signal.CapturesOk, Signal.CapturesFailed, Signal.CapturesRetried, Signal.Quality, Signal.CaptureSeconds, Signal.TemperatureCelsius]),
        (DeviceKind.Iris, [Signal.CapturesOk, Signal.CapturesFailed, Signal.CapturesRetried, Signal.Quality, Signal.CaptureSeconds, Signal.TemperatureCelsius]),
        (DeviceKind.Camera, [Signal.CapturesOk, Signal.CapturesFailed, Signal.CapturesRetried, Signal.Quality, Signal.CaptureSeconds]),
        (DeviceKind.Printer, [Signal.PrintsOk, Signal.PrintsFailed, Signal.EncodesFailed, Signal.CardsPicked, Signal.RibbonLeftRatio, Signal.HopperBlanks, Signal.TemperatureCelsius]),
        (DeviceKind.Host, [Signal.UplinkLost, Signal.DiskFreeRatio, Signal.RoundTripSeconds, Signal.TemperatureCelsius, Signal.BatteryRatio, Signal.CaptureSeconds]),
    ];

    public static async Task<Contest> RunAsync(int rounds, CancellationToken cancellation)
    {
        await using var database = new SqliteDatabase(":memory:", TimeProvider.System);
        var page = new StationsPage(Fleet(database));
        using var kept = new MemoryStream();
        await page.WriteToAsync(PipeWriter.Create(kept), RegionCode.Country, _now, cancellation);
        var text = kept.ToArray();
        var samples = Samples(text);
        if (samples.Count != Series)
        {
            throw new InvalidOperationException($"The page has {samples.Count} series, not {Series}.");
        }

        var (copy, output) = (new byte[text.Length], PipeWriter.Create(Stream.Null));
        return await Contest.RunAsync(Name, _figures, WarmUps, rounds,
        [
            new("ours", token => MeasureAsync(() => page.WriteToAsync(output, RegionCode.Country, _now, token))),
            new("memcpy of the text", _ => MeasureAsync(() =>
            {
                text.AsSpan().CopyTo(copy);
                return ValueTask.CompletedTask;
            })),
            new("built as a string", _ => MeasureAsync(() =>
            {
                Build(samples);
                return ValueTask.CompletedTask;
            })),
        ], cancellation);
    }

    private static async Task<double[]> MeasureAsync(Func<ValueTask> writeAsync)
    {
        GC.Collect();

        // Processor time: on a machine with other work a page of some 30 ms is otherwise timed with somebody else's turn in it.
        var (allocated, start) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
        for (var i = 0; i < Pages; i++)
        {
            await writeAsync();
        }

        var took = Environment.CpuUsage.TotalTime - start;
        return [took.TotalSeconds * MillisecondsOfSecond / Pages, (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / Pages];
    }

    /// <summary>As it is written at first: a line, a string, a page, and then its bytes.</summary>
    private static byte[] Build(List<(string Name, string Labels, double Value)> samples)
    {
        var page = new StringBuilder();
        foreach (var (name, labels, value) in samples)
        {
            page.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value}\n");
        }

        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static List<(string Name, string Labels, double Value)> Samples(byte[] text) =>
        [.. Encoding.UTF8.GetString(text).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line =>
        {
            var (open, close) = (line.IndexOf('{', StringComparison.Ordinal), line.LastIndexOf('}'));
            return (line[..open], line[(open + 1)..close], double.Parse(line[(close + 2)..], CultureInfo.InvariantCulture));
        })];

    private static HealthMemory Fleet(SqliteDatabase database)
    {
        var (baselines, chance, left) = (new Baselines(), new Random(53), Series);
        var memory = new HealthMemory(database, baselines, null!, NullLogger<HealthMemory>.Instance);
        for (var number = 0; left > 0; number++)
        {
            var region = RegionCode.Trusted(string.Create(CultureInfo.InvariantCulture, $"{11 + (number % 38)}.{1 + (number / 38 % 14):00}.{1 + (number / 532 % 20):00}"));
            var station = memory.FindOrAdd(StationId.Of(region, 1));
            station.Presence.Heard(_now.AddSeconds(-chance.Next(60) - chance.NextDouble()));
            station.Condition = Condition.Unknown(_now);

            // The last station has only as many devices and signals as are left.
            left -= 2;
            var devices = new List<DeviceHealth>();
            foreach (var (kind, signals) in _kit.TakeWhile(_ => left > 1))
            {
                left -= 2;
                var device = new DeviceHealth(new DeviceKey(kind, $"{DeviceKey.NameOf(kind)}-{number}"), "Model A", Condition.Unknown(_now), baselines);
                device.Take(Sample(device, signals.Take(left), chance), _now, station.DayAt(_now));
                left -= Math.Min(left, signals.Length);
                devices.Add(device);
            }

            station.Devices = devices;
        }

        return memory;
    }

    private static Sample Sample(DeviceHealth device, IEnumerable<Signal> signals, Random chance)
    {
        var sample = new Sample { Device = new Device { Kind = device.Key.Kind, Serial = device.Key.Serial, Model = device.Model }, TakenAt = _now.ToTimestamp() };
        foreach (var signal in signals)
        {
            if (signal <= Signal.UplinkLost)
            {
                sample.Counters.Add(new Counter { Signal = signal, Total = (ulong)chance.Next(100_000) });
            }
            else
            {
                sample.Gauges.Add(new Gauge { Signal = signal, Value = Math.Round(chance.NextDouble(), 3) });
            }
        }

        return sample;
    }
}
