namespace KtpGrpc.Server.Health.Detectors;

/// <summary>How long a station has been quiet, in the hours in which it usually speaks.</summary>
internal enum Liveness : byte
{
    NeverHeard,
    Present,
    Late,
    Silent,
    PresumedDead,

    /// <summary>Quiet together with its office: nothing is known of it.</summary>
    Held,
}
