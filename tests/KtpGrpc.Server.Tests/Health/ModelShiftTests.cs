using FsCheck;
using FsCheck.Fluent;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

public sealed class ModelShiftTests
{
    private static readonly DateTimeOffset _noon = new(2017, 3, 1, 4, 0, 0, TimeSpan.Zero);

    private static readonly ModelDevice _well = new(Attention.None, Signal.PrintsFailed, default, 0);

    [Theory]
    [InlineData(2, 2, false)]
    [InlineData(3, 6, true)]
    [InlineData(3, 7, false)]
    [InlineData(50, 100, true)]
    public void Model_OfWhichHalfAndThreeAreStrange_IsInTrouble(int strange, int heard, bool expected)
    {
        var trouble = ModelShift.Judge(null, Fleet(strange, heard));

        Assert.Equal(expected ? new ModelTrouble(Signal.PrintsFailed, _noon, strange, heard) : null, trouble);
    }

    [Fact]
    public void Devices_StrangeByDifferentCounters_AreNoBatch() =>
        Assert.Null(ModelShift.Judge(null, [Strange(), Strange(), Strange() with { By = Signal.EncodesFailed }, Strange() with { By = Signal.EncodesFailed }]));

    [Fact]
    public void Devices_ThatGrewOldOneByOne_AreNoBatch() =>
        Assert.Null(ModelShift.Judge(null, [.. Enumerable.Range(0, 10).Select(week => Strange() with { Since = _noon.AddDays(-7 * week) })]));

    [Fact]
    public void Devices_ThatGotALotOneAfterAnotherWithinAWeek_AreOneBatch() => Assert.Equal(
        new ModelTrouble(Signal.PrintsFailed, _noon.AddDays(-6), 7, 10),
        ModelShift.Judge(null, [.. Enumerable.Range(0, 7).Select(day => Strange() with { Since = _noon.AddDays(-day) }), .. Fleet(0, 3)]));

    [Fact]
    public void Printers_OfAModelWithABadLot_AreStrangeByTheirShareWhereTheirCountersSayLittle()
    {
        // Eight cards a day: on a day on which much of the model is as strange the counters excuse it, and only the share of failures is left.
        var (baselines, random) = (new Baselines(), new Random(1));
        var printers = Enumerable.Range(0, 20).Select(number => new LivedDevice(baselines, DeviceKind.Printer, $"PR-{number}")).ToList();
        for (var day = 0; day < 40; day++)
        {
            foreach (var (number, printer) in printers.Index())
            {
                var share = day >= 30 && number < 16 ? 0.35 : 0.02;
                var failed = Enumerable.Range(0, 8).Count(_ => random.NextDouble() < share);
                var at = LivedDevice.Start.AddDays(day);
                printer.Live(at, (Signal.PrintsFailed, failed), (Signal.EncodesFailed, 0), (Signal.PrintsOk, 8 - failed));
            }
        }

        var seen = printers.ConvertAll(printer => printer.Health.Strangeness is var (attention, by, since) ? new ModelDevice(attention, by, since, 0) : null!);

        Assert.InRange(printers.Count(printer => printer.Health.Counters!.Attention > Attention.None), 0, 9);
        Assert.Equal(Signal.PrintsFailed, ModelShift.Judge(null, seen)?.Signal);
        Assert.All(printers[16..], printer => Assert.Equal(Attention.None, printer.Health.Strangeness.Attention));
    }

    [Fact]
    public void Devices_ThatWereNotHeardToday_DoNotCount() =>
        Assert.NotNull(ModelShift.Judge(null, [.. Fleet(3, 6), .. Enumerable.Repeat(_well with { DaysAway = 1 }, 20)]));

    [Fact]
    public void Trouble_LastsUntilFewerThanAQuarterHaveIt()
    {
        var trouble = ModelShift.Judge(null, Fleet(8, 8));

        Assert.Same(trouble, ModelShift.Judge(trouble, Fleet(2, 8)));
        Assert.Same(trouble, ModelShift.Judge(trouble, [.. Fleet(2, 2).Select(device => device with { DaysAway = 3 }), .. Fleet(0, 6)]));
        Assert.Same(trouble, ModelShift.Judge(trouble, []));
        Assert.Null(ModelShift.Judge(trouble, Fleet(1, 8)));
    }

    [Fact]
    public void Trouble_ThatMoreDevicesJoin_GrowsByQuarters()
    {
        var trouble = ModelShift.Judge(null, Fleet(8, 12))!;

        Assert.Same(trouble, ModelShift.Judge(trouble, Fleet(9, 12)));
        Assert.Equal(trouble with { Devices = 10 }, ModelShift.Judge(trouble, Fleet(10, 12)));
        Assert.Equal(4, ModelShift.Judge(ModelShift.Judge(null, Fleet(3, 6)), Fleet(4, 6))!.Devices);
        Assert.Same(trouble, ModelShift.Judge(trouble, [.. Fleet(8, 12), .. Enumerable.Repeat(Strange() with { Since = _noon.AddDays(-9) }, 5)]));
        Assert.Same(trouble, ModelShift.Judge(trouble, [.. Fleet(8, 12), .. Enumerable.Repeat(Strange() with { By = Signal.EncodesFailed }, 5)]));
    }

    /// <summary>However many join one by one, the journal gets a few facts.</summary>
    [Fact]
    public void Trouble_OfThousandsThatJoinOneByOne_IsToldSeldom()
    {
        var (trouble, told) = (ModelShift.Judge(null, Fleet(3, 6)), 1);
        for (var joined = 4; joined <= 5000; joined++)
        {
            var next = ModelShift.Judge(trouble, Fleet(joined, 2 * joined));
            (trouble, told) = (next, next == trouble ? told : told + 1);
        }

        Assert.InRange(told, 20, 40);
        Assert.InRange(trouble!.Devices, 4000, 5000);
    }

    [Fact]
    public void AnyFleet_InAnyOrder_IsJudgedTheSame()
    {
        var device = from attention in Gen.Elements(Attention.None, Attention.Watch, Attention.Act)
                     from signal in Gen.Elements(Signal.PrintsFailed, Signal.EncodesFailed)
                     from hours in Gen.Choose(0, 60)
                     from away in Gen.Choose(0, 9)
                     select new ModelDevice(attention, signal, _noon.AddHours(-hours), away);
        Property.Holds(device.ListOf(), devices =>
        {
            var first = ModelShift.Judge(null, [.. devices]);

            Assert.True(first is null || (first.Devices >= ModelShift.LeastDevices && 2 * first.Devices >= first.Heard));
            Assert.Equal(first?.Devices, ModelShift.Judge(null, [.. Enumerable.Reverse(devices)])?.Devices);
        });
    }

    private static ModelDevice Strange() => new(Attention.Watch, Signal.PrintsFailed, _noon, 0);

    private static List<ModelDevice> Fleet(int strange, int heard) => [.. Enumerable.Repeat(Strange(), strange), .. Enumerable.Repeat(_well, heard - strange)];
}
