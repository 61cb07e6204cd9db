using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

public sealed class ProbationTests
{
    private static readonly DateTimeOffset _begun = new(2016, 8, 1, 2, 0, 0, TimeSpan.Zero);
    private static readonly DeviceKey _iris = new(DeviceKind.Iris, "IR-1");

    [Fact]
    public void Successes_OfBeforeTheWork_DoNotCount()
    {
        var probation = new Probation(_iris, "r", _begun);

        probation.Take(Sample(_iris, minute: -30, ok: 100));
        probation.Take(Sample(_iris, minute: 30, ok: 150));
        probation.Take(Sample(_iris, minute: 60, ok: 159));

        Assert.Equal(9, probation.Successes);
        Assert.Equal(ProbationVerdict.Open, probation.Judge(ConditionState.Healthy));
    }

    [Theory]
    [InlineData(9, ConditionState.Healthy, ProbationVerdict.Open)]
    [InlineData(10, ConditionState.Healthy, ProbationVerdict.Proved)]
    [InlineData(10, ConditionState.Degraded, ProbationVerdict.Open)]
    [InlineData(10, ConditionState.Failing, ProbationVerdict.Open)]
    [InlineData(10, ConditionState.Unknown, ProbationVerdict.Open)]
    internal void Device_AfterSoManySuccesses_IsProvedWhileItIsHealthy(ulong ok, ConditionState state, ProbationVerdict expected)
    {
        var probation = new Probation(_iris, "r", _begun);

        probation.Take(Sample(_iris, minute: 0, ok: 0));
        probation.Take(Sample(_iris, minute: 30, ok: ok));

        Assert.Equal(expected, probation.Judge(state));
    }

    [Theory]
    [InlineData(10, 10, ConditionState.Failing, ProbationVerdict.Disproved)]
    [InlineData(12, 0, ConditionState.Failed, ProbationVerdict.Disproved)]
    [InlineData(9, 0, ConditionState.Failed, ProbationVerdict.Open)]
    [InlineData(10, 11, ConditionState.Failing, ProbationVerdict.Open)]
    [InlineData(12, 0, ConditionState.Degraded, ProbationVerdict.Open)]
    internal void Device_ThatGoesOnFailing_IsDisprovedByItsOwnAttempts(ulong failed, ulong ok, ConditionState state, ProbationVerdict expected)
    {
        var probation = new Probation(_iris, "r", _begun);

        probation.Take(Sample(_iris, minute: 0, ok: 5, failed: 5));
        probation.Take(Sample(_iris, minute: 30, ok: 5 + ok, failed: 5 + failed));

        Assert.Equal(expected, probation.Judge(state));
    }

    [Fact]
    public void Counters_ThatBeginAgainOrComeLate_CountNothingTwice()
    {
        var probation = new Probation(_iris, "r", _begun);

        probation.Take(Sample(_iris, minute: 0, ok: 100));
        probation.Take(Sample(_iris, minute: 20, ok: 104));
        probation.Take(Sample(_iris, minute: 10, ok: 102));
        probation.Take(Sample(_iris, minute: 30, ok: 0));
        probation.Take(Sample(_iris, minute: 40, ok: 3));

        Assert.Equal(7, probation.Successes);
    }

    [Fact]
    public void Clock_SetBackAtAHello_DoesNotStopTheCount()
    {
        var probation = new Probation(_iris, "r", _begun);

        probation.Take(Sample(_iris, minute: 60, ok: 100));
        probation.AwaitSample();
        probation.Take(Sample(_iris, minute: 10, ok: 104));
        probation.Take(Sample(_iris, minute: 20, ok: 106));

        Assert.Equal(6, probation.Successes);
    }

    [Fact]
    public void Desk_AndWhatServesIt_AreProvedByTheKitsCitizens()
    {
        var (camera, printer) = (new DeviceKey(DeviceKind.Camera, "CA-1"), new DeviceKey(DeviceKind.Printer, "PR-1"));
        var probation = new Probation(new DeviceKey(DeviceKind.Ups, "UPS-1"), "r", _begun);

        foreach (var (minute, ok) in new[] { (0, 0UL), (30, 6UL) })
        {
            probation.Take(Sample(_iris, minute, ok));
            probation.Take(Sample(camera, minute, ok + 1));
            probation.Take(Sample(printer, minute, 100 * ok));
        }

        Assert.Equal(6, probation.Successes);
    }

    [Fact]
    public void Scanner_IsNotProvedByItsNeighbours()
    {
        var probation = new Probation(_iris, "r", _begun);
        var other = new DeviceKey(DeviceKind.Iris, "IR-2");

        probation.Take(Sample(other, minute: 0, ok: 0));
        probation.Take(Sample(other, minute: 30, ok: 50));

        Assert.Equal(0, probation.Successes);
    }

    [Fact]
    public void Checkpoint_ReadAgain_GoesOnWhereItStood()
    {
        var probations = new StationProbations();
        probations.Begin(new Probation(_iris, "r", _begun));
        probations.Take(Sample(_iris, minute: 0, ok: 0));
        probations.Take(Sample(_iris, minute: 10, ok: 7));
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        probations.Write(writer);

        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        var restored = new StationProbations();
        restored.Begin(new Probation(_iris, "r", _begun));
        restored.Read(reader);
        restored.Read(reader);
        restored.Take(Sample(_iris, minute: 20, ok: 10));

        var (probation, verdict) = Assert.Single(restored.Decided(_ => ConditionState.Healthy));
        Assert.Equal((ProbationVerdict.Proved, 10), (verdict, probation.Successes));
    }

    [Fact]
    public void Checkpoint_OfAProbationThatIsOver_IsPassedOver()
    {
        var probations = new StationProbations();
        probations.Begin(new Probation(_iris, "before", _begun));
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        probations.Write(writer);

        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        var restored = new StationProbations();
        restored.Read(reader);

        Assert.True(restored.IsEmpty);
    }

    private static Sample Sample(DeviceKey device, int minute, ulong ok, ulong failed = 0)
    {
        var sample = Kit.Sample(Kit.Device(device.Kind, device.Serial, "M"), _begun.AddMinutes(minute));
        var (well, badly) = device.Kind == DeviceKind.Printer ? (Signal.PrintsOk, Signal.PrintsFailed) : (Signal.CapturesOk, Signal.CapturesFailed);
        sample.Counters.Add(new Counter { Signal = well, Total = ok });
        sample.Counters.Add(new Counter { Signal = badly, Total = failed });
        return sample;
    }
}
