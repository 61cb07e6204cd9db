using Ktp.Health.V1;

namespace KtpGrpc.Server.Health;

/// <summary>What we believe of one device, since when, and why.</summary>
internal sealed record Condition(ConditionState State, DateTimeOffset Since, IReadOnlyList<Evidence> Evidence, string Advice)
{
    public static Condition Unknown(DateTimeOffset since) => new(ConditionState.Unknown, since, [], "");

    /// <summary>Of a device whose station says nothing: what was known of it may not be true any more.</summary>
    public static Condition Unheard(DateTimeOffset now, DateTimeOffset silentSince) => new(
        ConditionState.Unknown, now, [new Evidence("Its station is silent: what it was then, it may not be now.", "liveness", 0, 0, 0, silentSince)], "");
}

/// <summary>One reason for a condition. Value and baseline are in the signal's unit; surprise is log10 of the odds against it.</summary>
internal sealed record Evidence(string Summary, string Detector, double Value, double Baseline, double Surprise, DateTimeOffset Since);
