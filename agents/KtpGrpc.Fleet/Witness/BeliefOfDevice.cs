using Ktp.Health.V1;
using KtpGrpc.Fleet.Plan;

namespace KtpGrpc.Fleet.Witness;

/// <summary>When the server began to believe that a device is failing, and that it has failed.</summary>
internal static class BeliefOfDevice
{
    /// <summary>
    /// The first time a belief was held while it was true: one that was given up before the trouble began was about
    /// something else, and one that was already held then keeps its own, too early, beginning.
    /// </summary>
    /// <param name="history">The changes of one device's condition, oldest first.</param>
    public static DateTimeOffset? Since(IReadOnlyList<Condition> history, ConditionState state, DateTimeOffset troubleFrom)
    {
        for (var at = 0; at < history.Count; at++)
        {
            var heldUntil = at + 1 < history.Count ? history[at + 1].Since.ToDateTimeOffset() : DateTimeOffset.MaxValue;
            if (history[at].State == state && heldUntil > troubleFrom)
            {
                return history[at].Since.ToDateTimeOffset();
            }
        }

        return null;
    }

    /// <param name="life">One that ended in death.</param>
    /// <param name="history">The changes of condition while it lasted, oldest first.</param>
    public static DeviceSummary Of(DeviceLife life, IReadOnlyList<Condition> history)
    {
        var (fate, died) = (life.Fate, life.DiedAt!.Value);
        var troubleFrom = fate.WearFrom ?? died;
        return new DeviceSummary(
            life.StationId,
            Name(life.Kind),
            Name(fate.Cause),
            fate.WearFrom?.UtcDateTime,
            died.UtcDateTime,
            Since(history, ConditionState.Failing, troubleFrom)?.UtcDateTime,
            Since(history, ConditionState.Failed, troubleFrom)?.UtcDateTime);
    }

    private static string Name<T>(T word)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString());
}
