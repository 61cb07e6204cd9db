namespace KtpGrpc.Agent.Enrolment;

/// <summary>What became of a sealed packet that was to be kept.</summary>
internal abstract record SaveOutcome
{
    private SaveOutcome()
    {
    }

    /// <summary>On the disk, name and bytes.</summary>
    public sealed record Saved(WaitingPacket Packet) : SaveOutcome;

    /// <summary>Not kept: the quota (or the disk itself) is full of what may not be dropped. The citizen must be told.</summary>
    public sealed record Full(long UsedBytes, long QuotaBytes) : SaveOutcome;
}
