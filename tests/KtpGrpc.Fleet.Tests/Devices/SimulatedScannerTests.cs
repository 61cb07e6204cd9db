using Ktp.Health.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Plan;

namespace KtpGrpc.Fleet.Tests.Devices;

public sealed class SimulatedScannerTests
{
    private static readonly People _people = People.Synthetic(1, DateTimeOffset.UnixEpoch);

    [Fact]
    public void Counters_OfOneSeed_AreTheSameAndOfAnotherDiffer()
    {
        Assert.Equal(Samples(5), Samples(5));
        Assert.NotEqual(Samples(5), Samples(6));
    }

    [Fact]
    public void Counters_WhateverElseWasAsked_FollowFromTheBeats()
    {
        var (asked, notAsked) = (Scanner(SmallScenario.Plan()), Scanner(SmallScenario.Plan()));
        foreach (var beat in SmallScenario.Plan().Beats.Take(50))
        {
            asked.Read(beat.AddMinutes(3));
            asked.Exercise(4, beat);
            notAsked.Exercise(4, beat);
        }

        var end = SmallScenario.Plan().Beats.ElementAt(50);
        Assert.Equal(notAsked.Read(end), asked.Read(end));
    }

    [Fact]
    public void Device_ThatIsWell_FailsTwoInAHundred()
    {
        var plan = SmallScenario.Plan();
        var scanner = new SimulatedScanner(Identity, "53.71.04-1", DeviceFate.Well, [], _people, plan.Seed);

        foreach (var beat in plan.Beats)
        {
            scanner.Exercise(50, beat);
        }

        Assert.InRange(Share(scanner.Read(plan.End)), 0.015, 0.025);
        Assert.Empty(scanner.Read(plan.End).Codes);
    }

    [Fact]
    public void Device_ThatWears_FailsMoreAndMoreUntilItIsDead()
    {
        var plan = SmallScenario.Plan();
        var scanner = Scanner(plan);
        var (wear, dies) = (plan.Deaths[1].WearFrom!.Value, plan.Deaths[1].DiesAt);

        scanner.Exercise(5000, wear);
        var atFirst = Share(scanner.Read(wear));
        scanner.Exercise(5000, dies.AddMinutes(-1));
        var before = scanner.Read(dies.AddMinutes(-1));
        scanner.Exercise(10, dies);
        var after = scanner.Read(dies);

        Assert.InRange(atFirst, 0.01, 0.03);
        Assert.InRange(Share(before), 0.2, 0.32);
        Assert.Empty(before.Codes);
        Assert.Equal("sensor-dead", Assert.Single(after.Codes).Code);
        Assert.Equal(Total(before, Signal.CapturesOk), Total(after, Signal.CapturesOk));
        Assert.Equal(Total(before, Signal.CapturesFailed) + 10, Total(after, Signal.CapturesFailed));
    }

    [Fact]
    public async Task Capture_OfAWellDevice_GivesUsableRecordsThatItsTakerMayOverwrite()
    {
        var plan = SmallScenario.Plan();
        var scanner = Scanner(plan);

        for (var times = 0; times < 5; times++)
        {
            if (await scanner.CaptureAsync(plan.Start, CancellationToken.None) is CaptureOutcome.Captured captured)
            {
                Assert.Equal(10, captured.Records.Count);
                Assert.All(captured.Records, record => Assert.IsType<IsoRecordOutcome.Accepted>(record.Key.Read(record.Value)));
                Assert.All(captured.Records.Values, record => Array.Clear(record));
            }
        }

        Assert.NotEqual(0UL, Total(scanner.Read(plan.Start), Signal.CapturesOk));
    }

    [Fact]
    public async Task Capture_OfADeadDevice_FailsWithItsCode()
    {
        var plan = SmallScenario.Plan();

        var outcome = await Scanner(plan).CaptureAsync(plan.Deaths[1].DiesAt, CancellationToken.None);

        Assert.Equal("sensor-dead", Assert.IsType<CaptureOutcome.Failed>(outcome).Code);
    }

    private static Device Identity => new() { Kind = DeviceKind.Fingerprint, Model = "F", Serial = "F-1" };

    private static SimulatedScanner Scanner(FleetPlan plan) => new(
        Identity, "53.71.04-1", plan.FateOf("53.71.04-1", DeviceKind.Fingerprint),
        [.. BodyParts.All.Where(part => part.Kind() == RecordKind.Finger)], _people, plan.Seed);

    private static List<Sample> Samples(int seed)
    {
        var plan = SmallScenario.Plan(seed);
        var scanner = new SimulatedScanner(Identity, "53.71.04-1", DeviceFate.Well, [], _people, plan.Seed);
        return [.. plan.Beats.Take(200).Select(beat =>
        {
            scanner.Exercise(3, beat);
            return scanner.Read(beat);
        })];
    }

    private static ulong Total(Sample sample, Signal signal) => sample.Counters.Single(counter => counter.Signal == signal).Total;

    private static double Share(Sample sample) =>
        (double)Total(sample, Signal.CapturesFailed) / (Total(sample, Signal.CapturesFailed) + Total(sample, Signal.CapturesOk));
}
