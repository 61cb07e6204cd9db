using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;

namespace KtpGrpc.Server.Health;

/// <summary>What one detector says of a device, and the state that it would have alone.</summary>
internal sealed record Statement(ConditionState State, Evidence Evidence);

/// <summary>All that is known of a device, the gravest first, and what is not.</summary>
internal sealed record Explanation(IReadOnlyList<Statement> Statements, IReadOnlyList<string> Unknown)
{
    /// <summary>
    /// How sure the advice is. Sure: the device names its fault, or none of its last attempts succeeded. Likely: its failures are
    /// too rare to be chance, or a station is silent and its office is not. Possible: everything that is only strange.
    /// </summary>
    public static Certainty CertaintyOf(ConditionState state, IReadOnlyList<Evidence> evidence)
    {
        if (state <= ConditionState.Healthy || evidence.Count == 0)
        {
            return Certainty.Unspecified;
        }

        return (evidence[0].Detector, state) switch
        {
            ("known-code", _) or ("ratio-shift", ConditionState.Failed) => Certainty.Sure,
            ("ratio-shift", _) or ("counter-surprise", ConditionState.Failing) or ("liveness", ConditionState.Failed) => Certainty.Likely,
            _ => Certainty.Possible,
        };
    }

    /// <summary>Of the station itself, which is judged by its silence.</summary>
    public static Explanation OfStation(StationHealth station, Condition condition, DateTimeOffset now)
    {
        var presence = station.Presence;
        if (presence.State == Liveness.NeverHeard)
        {
            return new Explanation([], ["Whether it works: it was never heard."]);
        }

        var hours = presence.ExpectedHours(now, Detectors.Silence.PresumedDeadAt);
        var heard = new Statement(StationCondition.StateOf(presence.State), new Evidence(
            FormattableString.Invariant($"Heard last on {presence.LastHeard:yyyy-MM-dd HH:mm}Z; quiet since for {hours:0.0} of the hours in which it usually speaks."),
            "liveness", Math.Round(hours, 2), 0, 0, presence.LastHeard));
        return new Explanation(
            [heard],
            condition.State > ConditionState.Healthy && station.Office.Stations.Count == 1 ? ["Whether it is the kit or its link: it is the only one of its office."] : []);
    }

    public static IEnumerable<string> UnknownOf(DeviceKind kind, ModelUsual usual, bool wasHeard, bool hasCounters)
    {
        if (!wasHeard)
        {
            yield return "How it is now: it has not reported since its station said hello or was silent.";
        }

        if (hasCounters && !usual.IsTaught)
        {
            yield return FormattableString.Invariant($"Whether its counters are strange: only {usual.KindDays:0} device-days of its kind were seen, and at least {ModelUsual.LeastDays}, some of them of late, are needed.");
        }

        if (usual.Shifted != Signal.Unspecified)
        {
            yield return "Whether it is at fault itself: many of its model went bad together.";
        }

        if (kind == DeviceKind.Printer)
        {
            yield return "When it was cleaned last: no printer tells.";
        }
    }
}
