namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// The outbox's share of the disk: what is acknowledged goes first, then the oldest samples, and durable records never.
/// Before a segment goes, the mark on the disk knows its positions, for they must not be given again.
/// </summary>
internal sealed class OutboxSpace(long quotaBytes, MarkFile markFile, SegmentLog evictable, SegmentLog durable)
{
    /// <summary>Bytes of the quota taken by files beside the segments.</summary>
    public long Reserved { get; set; }

    public long Used => evictable.Bytes + durable.Bytes + Reserved;

    public bool TryMakeRoom(long bytes)
    {
        if (Used + bytes > quotaBytes)
        {
            RemoveAcknowledged(newestToo: true);
        }

        while (Used + bytes > quotaBytes)
        {
            if (!TryAgeOutOldest())
            {
                return false;
            }
        }

        return true;
    }

    public bool TryAgeOutOldest()
    {
        if (evictable.IsEmpty)
        {
            return false;
        }

        var mark = markFile.Mark;
        var dropped = evictable.OldestRecordsAfter(mark.Acknowledged);
        markFile.Save(mark with { EvictableAgedOut = mark.EvictableAgedOut + dropped }, flush: true);
        evictable.RemoveOldest();
        return true;
    }

    /// <param name="newestToo">Also a segment that is still appended to, when its space is wanted.</param>
    public void RemoveAcknowledged(bool newestToo)
    {
        var acknowledged = markFile.Mark.Acknowledged;
        if (evictable.HasAcknowledged(acknowledged, newestToo) || durable.HasAcknowledged(acknowledged, newestToo))
        {
            markFile.Save(markFile.Mark, flush: true);
            evictable.RemoveAcknowledged(acknowledged, newestToo);
            durable.RemoveAcknowledged(acknowledged, newestToo);
        }
    }
}
