using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Fleet.Witness;

namespace KtpGrpc.Fleet.Tests.Witness;

public sealed class BeliefOfDeviceTests
{
    private static readonly DateTimeOffset _day0 = new(2017, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Belief_ThatCameDuringTheTrouble_IsDatedByItsBeginning()
    {
        var history = History((0, ConditionState.Healthy), (12, ConditionState.Degraded), (14, ConditionState.Failing), (20, ConditionState.Failed));

        Assert.Equal(_day0.AddDays(14), BeliefOfDevice.Since(history, ConditionState.Failing, _day0.AddDays(10)));
        Assert.Equal(_day0.AddDays(20), BeliefOfDevice.Since(history, ConditionState.Failed, _day0.AddDays(10)));
    }

    [Fact]
    public void Belief_ThatWasGivenUpBeforeTheTrouble_DoesNotCount()
    {
        var history = History((0, ConditionState.Failing), (5, ConditionState.Healthy), (14, ConditionState.Failing), (15, ConditionState.Healthy), (17, ConditionState.Failing));

        Assert.Equal(_day0.AddDays(14), BeliefOfDevice.Since(history, ConditionState.Failing, _day0.AddDays(10)));
        Assert.Null(BeliefOfDevice.Since(history, ConditionState.Failed, _day0.AddDays(10)));
    }

    [Fact]
    public void Belief_ThatWasHeldWhenTheTroubleBegan_ShowsThatItCameTooEarly()
    {
        var history = History((0, ConditionState.Healthy), (9, ConditionState.Failing));

        Assert.Equal(_day0.AddDays(9), BeliefOfDevice.Since(history, ConditionState.Failing, _day0.AddDays(10)));
    }

    private static List<Condition> History(params (int Day, ConditionState State)[] changes) =>
        [.. changes.Select(change => new Condition { State = change.State, Since = _day0.AddDays(change.Day).ToTimestamp() })];
}
