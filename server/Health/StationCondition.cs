using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>What a station's silence, or its voice, means for the condition of the station itself.</summary>
internal static class StationCondition
{
    public static ConditionState StateOf(Liveness liveness) => liveness switch
    {
        Liveness.Present => ConditionState.Healthy,
        Liveness.Late => ConditionState.Degraded,
        Liveness.Silent => ConditionState.Failing,
        Liveness.PresumedDead => ConditionState.Failed,
        _ => ConditionState.Unknown,
    };

    /// <summary>Whether nothing is known any more of the kit's devices.</summary>
    public static bool HidesDevices(Liveness liveness) => liveness is Liveness.PresumedDead or Liveness.Held;

    /// <summary>What must have been heard of a station that is believed to be in this state.</summary>
    public static Liveness LivenessOf(ConditionState state) => state switch
    {
        ConditionState.Healthy => Liveness.Present,
        ConditionState.Degraded => Liveness.Late,
        ConditionState.Failing => Liveness.Silent,
        ConditionState.Failed => Liveness.PresumedDead,
        _ => Liveness.Held,
    };

    public static Condition Of(Liveness liveness, DateTimeOffset silentSince, double expected, DateTimeOffset now, bool withCountry = false, bool byPeers = false) => liveness switch
    {
        Liveness.Present => new Condition(ConditionState.Healthy, now, [], ""),
        Liveness.Held when withCountry => Quiet(
            liveness, now, "Silent together with half of the country: a holiday, or the centre's own link; nothing is known of this kit.", silentSince, expected, "Check the centre's own link and servers."),
        Liveness.Held => Quiet(liveness, now, "Silent together with its office: the cause is their link or their mains, not this kit.", silentSince, expected, "Ask for the office's link and mains."),
        Liveness.NeverHeard => Condition.Unknown(now),
        Liveness.PresumedDead when byPeers => Quiet(
            liveness, now, "Its office fell silent and is heard again, and this kit is not: it stayed away alone.", silentSince, expected, "Call the desk: did the kit come on again after the outage?"),
        _ => Quiet(
            liveness, now, $"Silent for {expected:0.0} of the hours in which it usually speaks; nothing else of its office explains it.", silentSince, expected,
            liveness == Liveness.PresumedDead ? "Call the desk: is the kit on, is its link up? A kit alone in its office cannot be told from its link." : "Wait, or call the desk."),
    };

    private static Condition Quiet(Liveness liveness, DateTimeOffset now, string summary, DateTimeOffset since, double expected, string advice) =>
        new(StateOf(liveness), now, [new Evidence(summary, "liveness", Math.Round(expected, 2), 0, 0, since)], advice);
}
