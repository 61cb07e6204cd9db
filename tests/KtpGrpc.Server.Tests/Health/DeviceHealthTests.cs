using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

public sealed class DeviceHealthTests
{
    private const int Taught = 30;

    private static readonly DateTimeOffset _start = LivedDevice.Start;

    [Fact]
    public void Host_WhoseUplinkIsLostFarMoreOftenThanOthersOfItsModel_IsFailingAndSaysWhy()
    {
        var baselines = new Baselines();
        var host = TeachHosts(baselines, 20)[0];
        var day = _start.AddDays(Taught);

        host.Live(day, (Signal.UplinkLost, 60));

        Assert.Equal(ConditionState.Failing, host.State);
        var evidence = host.Health.Condition.Evidence[0];
        Assert.Equal("counter-surprise", evidence.Detector);
        Assert.StartsWith("lost uplinks +60 today", evidence.Summary, StringComparison.Ordinal);
        Assert.InRange(evidence.Surprise, AttentionBudget.OfSurprise.Act, 10);
        Assert.Equal("Check the modem, its antenna and its cable.", host.Health.Condition.Advice);
    }

    [Fact]
    public void Host_OfAKindOfWhichLittleIsKnown_IsNotJudgedByIt()
    {
        var host = new LivedDevice(new Baselines(), DeviceKind.Host, "PC-1");
        for (var day = 0; day < 20; day++)
        {
            host.Live(_start.AddDays(day), (Signal.UplinkLost, 50 * day));
        }

        Assert.Equal(ConditionState.Healthy, host.State);
        Assert.Contains(host.Health.Explain(_start.AddDays(20), LivedDevice.Office).Unknown, words => words.Contains("only 19 device-days", StringComparison.Ordinal));
    }

    [Fact]
    public void Scanner_WithTenTimesTheWork_IsHealthy_AndOneThatFailsMoreIsNot()
    {
        var baselines = new Baselines();
        var scanners = Teach(baselines, DeviceKind.Iris, 20, (random, device, at) =>
            device.Live(at, (Signal.CapturesFailed, random.Next(0, 3)), (Signal.CapturesRetried, random.Next(0, 4)), (Signal.CapturesOk, 40)));
        var day = _start.AddDays(Taught);

        scanners[0].Live(day, (Signal.CapturesFailed, 12), (Signal.CapturesRetried, 20), (Signal.CapturesOk, 400));
        scanners[1].Live(day, (Signal.CapturesFailed, 30), (Signal.CapturesRetried, 60), (Signal.CapturesOk, 60));

        Assert.Equal(ConditionState.Healthy, scanners[0].State);
        Assert.Equal(ConditionState.Failing, scanners[1].State);
        Assert.Contains(scanners[1].Health.Condition.Evidence, evidence => evidence.Detector == "counter-surprise");
    }

    [Fact]
    public void Failure_OfADevice_IsCountedOnceForItsModelAndAgainWhenItWasWellBetween()
    {
        var baselines = new Baselines();
        var record = baselines.UsualOf(DeviceKind.Iris, "A").Record;
        var device = new LivedDevice(baselines, DeviceKind.Iris, "IR-1");

        for (var minute = 0; minute < 5; minute++)
        {
            Show(device, _start.AddMinutes(minute), "sensor-dead");
        }

        var first = record.Failures;
        for (var minute = 5; minute < 10; minute++)
        {
            Show(device, _start.AddMinutes(minute));
        }

        Show(device, _start.AddHours(2), "burnt");

        Assert.Equal((1, 2), (first, record.Failures));
    }

    [Fact]
    public void Device_WrittenAndReadAgain_SaysAndKnowsTheSame()
    {
        var baselines = new Baselines();
        var host = TeachHosts(baselines, 20)[3];
        var day = _start.AddDays(Taught);
        host.Take(WithGauges(host.Sample(day, (Signal.UplinkLost, 60)), (Signal.DiskFreeRatio, 0.4), (Signal.TemperatureCelsius, 99)), day);
        var twin = new DeviceHealth(host.Health.Key, "A", host.Health.Condition, baselines);

        using var stream = new MemoryStream();
        host.Health.Write(new BinaryWriter(stream));
        stream.Position = 0;
        using var from = new BinaryReader(stream);
        _ = (from.ReadByte(), from.ReadString());
        twin.Read(from);

        Assert.Equal(stream.Length, stream.Position);
        Assert.False(twin.IsNews);
        Assert.Equal(host.Health.Explain(day, LivedDevice.Office).Statements, twin.Explain(day, LivedDevice.Office).Statements);
    }

    [Fact]
    public void Models_SavedAndRestored_ScoreAsBefore()
    {
        var (baselines, restored) = (new Baselines(), new Baselines());
        TeachHosts(baselines, 20);
        foreach (var (kind, model, _, learned) in baselines.TakeChangedUsual())
        {
            var state = learned.Now.ToBytes();
            Assert.True(restored.TryRestoreUsual(kind, model, state));
            Assert.False(new Baselines().TryRestoreUsual(kind, model, state[..^1]));
            Assert.False(new Baselines().TryRestoreUsual(kind, model, [9, 9]));
        }

        Assert.Empty(baselines.TakeChangedUsual());
        var (one, other) = (new LivedDevice(baselines, DeviceKind.Host, "PC-9"), new LivedDevice(restored, DeviceKind.Host, "PC-9"));
        foreach (var host in new[] { one, other })
        {
            host.Live(_start.AddDays(Taught - 1), (Signal.UplinkLost, 0));
            host.Live(_start.AddDays(Taught + 1), (Signal.UplinkLost, 60));
        }

        Assert.Equal(one.Health.Condition.Evidence, other.Health.Condition.Evidence);
        Assert.Equal(ConditionState.Failing, other.State);
        other.Live(_start.AddDays(Taught + 2), (Signal.UplinkLost, 0));
        Assert.True(restored.UsualOf(DeviceKind.Host, "A").IsTaught);
    }

    [Fact]
    public void Gauge_ThatIsStrange_SupportsAVerdictAndMakesNone()
    {
        var device = new LivedDevice(new Baselines(), DeviceKind.Iris, "IR-1");
        var random = new Random(1);
        var at = _start;
        for (var i = 0; i < 300; i++, at = at.AddMinutes(15))
        {
            device.Take(WithGauges(device.Sample(at, (Signal.CapturesFailed, 0), (Signal.CapturesOk, 1)), (Signal.Quality, 80 + random.NextDouble())), at);
        }

        device.Take(WithGauges(device.Sample(at, (Signal.CapturesFailed, 0), (Signal.CapturesOk, 1)), (Signal.Quality, 20)), at);
        var alone = device.Health.Condition;
        var told = device.Health.Explain(at, LivedDevice.Office).Statements;
        device.Take(WithGauges(device.Sample(at, (Signal.CapturesFailed, 40), (Signal.CapturesOk, 20)), (Signal.Quality, 20)), at);

        Assert.Equal((ConditionState.Healthy, 0), (alone.State, alone.Evidence.Count));
        Assert.Contains(told, statement => statement is { State: ConditionState.Healthy, Evidence: { Detector: "gauge", Value: 20, Surprise: > 0 and <= GaugeWatches.SurpriseAtMost } });
        Assert.True(device.State >= ConditionState.Failing);
        Assert.Equal("gauge", device.Health.Condition.Evidence[^1].Detector);
        Assert.NotEqual("gauge", device.Health.Condition.Evidence[0].Detector);
    }

    [Fact]
    public void Disk_ThatFillsUp_IsDegradedAWeekBeforeAndWellWhenItWasFreed()
    {
        var host = new LivedDevice(new Baselines(), DeviceKind.Host, "PC-1");
        var states = new List<ConditionState>();
        for (var day = 0; day < 18; day++)
        {
            host.Take(WithGauges(host.Sample(_start.AddDays(day)), (Signal.DiskFreeRatio, 0.95 - 0.05 * day)), _start.AddDays(day));
            states.Add(host.State);
        }

        var last = host.Health.Condition;
        host.Take(WithGauges(host.Sample(_start.AddDays(18)), (Signal.DiskFreeRatio, 0.9)), _start.AddDays(18));

        Assert.InRange(states.IndexOf(ConditionState.Degraded), 12, 13);
        Assert.Equal("wear", last.Evidence[0].Detector);
        Assert.Contains("at today's pace", last.Evidence[0].Summary, StringComparison.Ordinal);
        Assert.Equal("Free the disk: the outbox needs room.", last.Advice);
        Assert.Equal(ConditionState.Healthy, host.State);
    }

    [Fact]
    public void WellDevice_WithAnyHistory_IsNeverAboveHealthy()
    {
        var baselines = new Baselines();
        Teach(baselines, DeviceKind.Camera, 20, (random, device, at) => Work(random, device, at, 40));
        TeachHosts(baselines, 20);
        var mishaps = Gen.Elements("", "", "", "", "", "reset", "idle", "back", "ahead", "rush", "nothing", "fever");
        var serial = 0;
        Property.Holds(mishaps.ListOf(60).Zip(Gen.Choose(0, int.MaxValue - 1)), history =>
        {
            var random = new Random(history.Item2);
            var camera = new LivedDevice(baselines, DeviceKind.Camera, $"CA-{++serial}");
            var host = new LivedDevice(baselines, DeviceKind.Host, $"PC-{serial}");
            var at = _start.AddDays(Taught);
            foreach (var mishap in history.Item1)
            {
                at = mishap switch { "idle" => at.AddDays(random.Next(2, 40)), "back" => at.AddDays(-random.Next(1, 400)), "ahead" => at.AddDays(random.Next(1, 400)), _ => at.AddDays(1) };
                if (mishap == "reset")
                {
                    camera.Reset();
                    host.Reset();
                }

                if (mishap is "back")
                {
                    camera.Health.AwaitSample();
                    host.Health.AwaitSample();
                }

                Work(random, camera, at, mishap switch { "rush" => random.Next(200, 500), "nothing" => 0, _ => random.Next(10, 80) }, mishap == "fever" ? random.Next(0, 100) : 80 + random.NextDouble());
                host.Live(at, (Signal.UplinkLost, random.Next(0, 3)));
                Assert.True(camera.State <= ConditionState.Healthy, string.Join("\n", camera.Health.Condition.Evidence));
                Assert.True(host.State <= ConditionState.Healthy, string.Join("\n", host.Health.Condition.Evidence));
            }
        }, runs: 50);
    }

    [Fact]
    public void Counters_HugeOrBeginningAgain_AreHarmless()
    {
        var baselines = new Baselines();
        var host = TeachHosts(baselines, 20)[0];
        var values = ArbMap.Default.GeneratorFor<ulong>();
        var at = _start.AddDays(Taught);
        Property.Holds(values.ListOf(50), totals =>
        {
            foreach (var total in totals)
            {
                at = at.AddHours(5);
                var sample = new Sample { Device = Kit.Device(DeviceKind.Host, "PC-0", "A"), TakenAt = at.ToTimestamp(), Counters = { new Counter { Signal = Signal.UplinkLost, Total = total } } };
                host.Take(sample, at);
                Assert.All(host.Health.Condition.Evidence, evidence => Assert.True(double.IsFinite(evidence.Surprise) && double.IsFinite(evidence.Value) && double.IsFinite(evidence.Baseline)));
            }
        });
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Sample_OfAWellDevice_AllocatesNothing(bool counts, bool measures)
    {
        const int MostRounds = 20;
        const int SamplesOfRound = 5_000;
        var baselines = new Baselines();
        var printer = new LivedDevice(baselines, DeviceKind.Printer, "PR-1");
        var samples = Enumerable.Range(0, MostRounds * SamplesOfRound).Select(i => WithGauges(
            printer.Sample(_start.AddSeconds(i), (Signal.PrintsFailed, i % 100 == 0 ? 1 : 0), (Signal.PrintsOk, 1), (Signal.EncodesFailed, 0), (Signal.CardsPicked, 1)),
            (Signal.RibbonLeftRatio, 1 - (i % 500) / 500.0), (Signal.TemperatureCelsius, 40 + i % 3))).ToList();
        foreach (var sample in samples)
        {
            if (!counts)
            {
                sample.Counters.Clear();
            }

            if (!measures)
            {
                sample.Gauges.Clear();
            }
        }

        // Code that is not yet compiled for good may allocate, and when it is compiled is up to a thread in the background.
        var allocated = long.MaxValue;
        for (var round = 0; round < MostRounds && allocated > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = round * SamplesOfRound; i < (round + 1) * SamplesOfRound; i++)
            {
                printer.Take(samples[i], _start.AddSeconds(i));
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.Equal(ConditionState.Healthy, printer.State);
    }

    [Fact]
    public void State_OfDetectors_IsAsSmallAsStated()
    {
        Assert.InRange(Unsafe.SizeOf<CounterSurprise>(), 1, 32);
        Assert.InRange(Unsafe.SizeOf<Wear>(), 1, 32);
        Assert.InRange(Unsafe.SizeOf<GaugeWatches.Known>(), 1, 256);
    }

    /// <summary>Hosts whose links fail now and then, over a month.</summary>
    private static List<LivedDevice> TeachHosts(Baselines baselines, int count) =>
        Teach(baselines, DeviceKind.Host, count, (random, host, at) => host.Live(at, (Signal.UplinkLost, random.Next(0, 3))));

    private static List<LivedDevice> Teach(Baselines baselines, DeviceKind kind, int count, Action<Random, LivedDevice, DateTimeOffset> live)
    {
        var random = new Random(5);
        var devices = Enumerable.Range(0, count).Select(number => new LivedDevice(baselines, kind, $"{number}")).ToList();
        for (var day = 0; day < Taught; day++)
        {
            devices.ForEach(device => live(random, device, _start.AddDays(day)));
        }

        return devices;
    }

    /// <summary>A day's captures in beats, of which three in a hundred fail.</summary>
    private static void Work(Random random, LivedDevice device, DateTimeOffset at, int captures, double quality = 80)
    {
        for (var beat = 0; beat < 4; beat++)
        {
            var failed = Enumerable.Range(0, captures / 4).Count(_ => random.NextDouble() < 0.03);
            var retried = Enumerable.Range(0, captures / 4).Count(_ => random.NextDouble() < 0.06);
            var now = at.AddHours(beat);
            device.Take(WithGauges(device.Sample(now, (Signal.CapturesFailed, failed), (Signal.CapturesRetried, retried), (Signal.CapturesOk, captures / 4 - failed)), (Signal.Quality, quality)), now);
        }
    }

    private static void Show(LivedDevice device, DateTimeOffset at, params string[] codes)
    {
        var sample = device.Sample(at);
        sample.Codes.AddRange(codes.Select(code => new DeviceCode { Code = code }));
        device.Take(sample, at);
    }

    private static Sample WithGauges(Sample sample, params (Signal Signal, double Value)[] gauges)
    {
        sample.Gauges.AddRange(gauges.Select(gauge => new Gauge { Signal = gauge.Signal, Value = gauge.Value }));
        return sample;
    }
}
