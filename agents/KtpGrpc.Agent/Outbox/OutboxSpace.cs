namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// The outbox's share of the disk: what is acknowledged goes, anything else never. Before a segment goes, the mark on the
/// disk knows its positions, for they must not be given again.
/// </summary>
internal sealed class OutboxSpace(long quotaBytes, MarkFile markFile, SegmentLog log)
{
    /// <summary>Bytes of the quota taken by files beside the segments.</summary>
    public long Reserved { get; set; }

    public long Used => log.Bytes + Reserved;

    public bool TryMakeRoom(long bytes)
    {
        if (Used + bytes > quotaBytes)
        {
            RemoveAcknowledged(newestToo: true);
        }

        return Used + bytes <= quotaBytes;
    }

    /// <param name="newestToo">Also a segment that is still appended to, when its space is wanted.</param>
    public void RemoveAcknowledged(bool newestToo)
    {
        var acknowledged = markFile.Mark.Acknowledged;
        if (log.HasAcknowledged(acknowledged, newestToo))
        {
            markFile.Save(markFile.Mark, flush: true);
            log.RemoveAcknowledged(acknowledged, newestToo);
        }
    }
}
