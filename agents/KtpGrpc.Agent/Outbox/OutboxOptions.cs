namespace KtpGrpc.Agent.Outbox;

/// <summary>The outbox's bounds on the disk.</summary>
internal sealed record OutboxOptions
{
    /// <summary>A week without a server: segments and waiting packets together.</summary>
    public long QuotaBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>A segment is closed once it is this long. Records leave by whole segments, acknowledged or aged out.</summary>
    public int SegmentBytes { get; init; } = 1024 * 1024;

    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, RecordFrame.HeaderBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, 64 * 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(QuotaBytes, SegmentBytes);
    }
}
