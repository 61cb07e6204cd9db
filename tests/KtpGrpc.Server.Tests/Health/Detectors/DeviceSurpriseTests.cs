using KtpGrpc.Server.Health.Detectors;
using Xunit;
using Xunit.Abstractions;

namespace KtpGrpc.Server.Tests.Health.Detectors;

public sealed class DeviceSurpriseTests(ITestOutputHelper output)
{
    private const int Days = 365;

    [Fact]
    public void WellFleet_OverAYear_StaysWithinTheBudgets()
    {
        const int Devices = 200;
        var (watch, act) = (0, 0);
        var fleet = new Fleet(Devices, seed: 3);
        var attention = Enumerable.Repeat(Hysteresis.Calm, Devices).ToArray();
        for (var day = 0; day < Days; day++)
        {
            for (var i = 0; i < Devices; i++)
            {
                fleet.Live(i, day, trouble: 0);
                var before = attention[i].Attention;
                attention[i] = Hysteresis.Next(attention[i], fleet.Devices[i].Score, day, AttentionBudget.OfSurprise);
                watch += before < Attention.Watch && attention[i].Attention >= Attention.Watch ? 1 : 0;
                act += before < Attention.Act && attention[i].Attention == Attention.Act ? 1 : 0;
            }
        }

        var months = Devices * Days / 30.44;
        output.WriteLine($"{watch / months:0.0000} watched and {act / months:0.0000} acted on per device-month");
        Assert.InRange(watch / months, 0, 0.03);
        Assert.InRange(act / months, 0, 0.01);
    }

    [Fact]
    public void Device_WhoseFailuresRiseInOneCounter_IsWatchedAtOnce()
    {
        var fleet = Lived(new Fleet(100, seed: 4));

        fleet.Live(7, Days, trouble: 40);

        Assert.InRange(fleet.Devices[7].Score, AttentionBudget.OfSurprise.Watch, 30);
    }

    [Fact]
    public void Device_WhoseFailuresRiseInTwoCounters_IsActedOnAtOnce()
    {
        var fleet = Lived(new Fleet(100, seed: 4));

        fleet.Live(7, Days, trouble: 40, inBoth: true);

        Assert.InRange(fleet.Devices[7].Score, AttentionBudget.OfSurprise.Act, 30);
    }

    [Fact]
    public void Device_ThatAlwaysFailsALittleMore_IsNoNewsAfterAWhile()
    {
        var fleet = Lived(new Fleet(100, seed: 5));
        var first = 0.0;
        for (var day = Days; day < Days + 90; day++)
        {
            fleet.Live(7, day, trouble: 12);
            first = Math.Max(first, fleet.Devices[7].Score);
        }

        Assert.InRange(fleet.Devices[7].Score, 0, first * 0.6);
    }

    [Fact]
    public void Device_OfAModelThatFailsOften_IsHeardSooner()
    {
        var (good, bad) = (new Fleet(50, seed: 6), new Fleet(50, seed: 6));
        bad.Record.Take(20, 0);
        good.Kind.Take(0, 500_000);
        bad.Kind.Take(0, 500_000);
        Lived(good);
        Lived(bad);

        good.Live(7, Days, trouble: 3);
        bad.Live(7, Days, trouble: 3);

        Assert.True(bad.Devices[7].Score > good.Devices[7].Score + 1, $"{bad.Devices[7].Score} against {good.Devices[7].Score}");
    }

    [Fact]
    public void Evidence_OfARise_NamesTheCounterTheDayAndHowRareItIs()
    {
        var fleet = Lived(new Fleet(100, seed: 7));
        fleet.Live(7, Days, trouble: 37);

        var evidence = fleet.Devices[7].Explain().MaxBy(one => one.Surprise)!;

        output.WriteLine(evidence.Text);
        Assert.StartsWith("encode failures +37 today", evidence.Text, StringComparison.Ordinal);
        Assert.Contains("printer-days of this model", evidence.Text, StringComparison.Ordinal);
        Assert.Equal(37, evidence.Value);
        Assert.InRange(evidence.OneIn, 1000, 100_000);
    }

    [Fact]
    public void Device_WrittenAndReadAgain_ScoresAsBefore()
    {
        var (fleet, twin) = (Lived(new Fleet(20, seed: 8)), Lived(new Fleet(20, seed: 8)));
        using var memory = new MemoryStream();
        using (var to = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            fleet.Devices[7].Write(to);
        }

        memory.Position = 0;
        using var from = new BinaryReader(memory);
        fleet.Devices[7] = fleet.Fresh();
        fleet.Devices[7].Read(from);
        fleet.Live(7, Days, trouble: 9);
        twin.Live(7, Days, trouble: 9);

        Assert.Equal(twin.Devices[7].Score, fleet.Devices[7].Score);
    }

    private static Fleet Lived(Fleet fleet)
    {
        for (var day = 0; day < Days; day++)
        {
            for (var i = 0; i < fleet.Devices.Length; i++)
            {
                fleet.Live(i, day, trouble: 0);
            }
        }

        return fleet;
    }

    /// <summary>Printers of one model that fail now and then, each at its own rate, and print on six days of seven.</summary>
    private sealed class Fleet
    {
        private readonly Random _random;
        private readonly SurpriseBaseline[] _usual =
        [
            new("encode failures", "printer", CounterSort.Trouble),
            new("print failures", "printer", CounterSort.Trouble),
            new("prints", "printer", CounterSort.Use),
        ];

        private readonly ulong[][] _totals;
        private readonly double[] _rates;

        public Fleet(int devices, int seed)
        {
            _random = new Random(seed);
            Record = new FailureRecord(Kind);
            Devices = [.. Enumerable.Range(0, devices).Select(_ => Fresh())];
            _totals = [.. Enumerable.Range(0, devices).Select(_ => new ulong[3])];
            _rates = [.. Enumerable.Range(0, devices).Select(_ => 0.05 + 0.15 * _random.NextDouble())];
        }

        public FailureRecord Kind { get; } = new(null);

        public FailureRecord Record { get; }

        public DeviceSurprise[] Devices { get; }

        public DeviceSurprise Fresh() => new(_usual, Record);

        public void Live(int device, int day, int trouble, bool inBoth = false)
        {
            var totals = _totals[device];
            totals[0] += (ulong)(trouble + (_random.NextDouble() < _rates[device] ? _random.Next(1, 4) : 0));
            totals[1] += (ulong)((inBoth ? trouble : 0) + (_random.NextDouble() < _rates[device] ? _random.Next(1, 3) : 0));
            totals[2] += (ulong)(day % 7 == 6 ? 0 : _random.Next(60, 200));
            for (var counter = 0; counter < totals.Length; counter++)
            {
                Devices[device].Take(counter, totals[counter], day);
            }

            Devices[device].Close();
        }
    }
}
