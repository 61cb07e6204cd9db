namespace KtpGrpc.Agent.Outbox;

/// <summary>What became of a record that was to be kept.</summary>
internal abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>Kept: it is on the disk.</summary>
    public sealed record Appended(long Position) : AppendOutcome;

    /// <summary>Not kept, and counted: the quota (or the disk itself) is full of what may not be dropped.</summary>
    public sealed record Full(long UsedBytes, long QuotaBytes) : AppendOutcome;
}
