namespace KtpGrpc.Agent.Enrolment;

/// <summary>What a receipt did.</summary>
internal abstract record SettleOutcome
{
    private SettleOutcome()
    {
    }

    /// <summary>The packet was deleted.</summary>
    public sealed record Settled : SettleOutcome;

    /// <summary>No such packet waits: the receipt came a second time.</summary>
    public sealed record NotWaiting : SettleOutcome;

    /// <summary>The receipt is for other bytes than those that wait, which are kept.</summary>
    public sealed record Contradicted(WaitingPacket Packet) : SettleOutcome;
}
