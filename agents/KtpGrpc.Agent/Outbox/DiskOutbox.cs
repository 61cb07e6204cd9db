namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// The bounded log of what the server has yet to acknowledge, on the kiosk's disk. It outlives restarts, power cuts,
/// a full disk and damaged bytes without a hand: a damaged record loses only itself.
/// Positions are shared by both classes. They only grow, and they have gaps: a record may have aged out, and after an
/// end that was not clean a stretch is left out, since samples written last may be lost although they were sent.
/// </summary>
internal sealed class DiskOutbox : IDisposable
{
    private readonly Lock access = new();
    private readonly OutboxOptions options;
    private readonly FileStream ownership;
    private readonly MarkFile markFile;
    private readonly SegmentLog evictable;
    private readonly SegmentLog durable;
    private readonly OutboxSpace space;
    private readonly int damagedStretches;

    private DiskOutbox(OutboxOptions options, FileStream ownership, MarkFile markFile, SegmentLog evictable, SegmentLog durable)
    {
        this.options = options;
        this.ownership = ownership;
        this.markFile = markFile;
        this.evictable = evictable;
        this.durable = durable;
        space = new OutboxSpace(options.QuotaBytes, markFile, evictable, durable);
        damagedStretches = evictable.DamagedStretches + durable.DamagedStretches;
    }

    /// <summary>To be named in the session's hello: a new id (a new disk, a lost mark) means that positions begin anew.</summary>
    public Guid Id => markFile.Mark.Outbox;

    public long Acknowledged
    {
        get { lock (access) { return markFile.Mark.Acknowledged; } }
    }

    /// <summary>The last position given; 0 before the first.</summary>
    public long LastPosition
    {
        get { lock (access) { return markFile.Mark.Next - 1; } }
    }

    public OutboxCounts Counts
    {
        get
        {
            lock (access)
            {
                var mark = markFile.Mark;
                return new OutboxCounts(
                    space.Used, options.QuotaBytes, mark.EvictableAgedOut, mark.EvictableRefused, mark.DurableRefused, damagedStretches);
            }
        }
    }

    /// <summary>Reads every segment once. A second agent on the same folder is refused with an IOException.</summary>
    public static DiskOutbox Open(string directory, OutboxOptions options)
    {
        options.Validate();
        Directory.CreateDirectory(directory);
        var ownership = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var evictable = SegmentLog.Load(directory, RecordClass.Evictable, options.SegmentBytes);
            var durable = SegmentLog.Load(directory, RecordClass.Durable, options.SegmentBytes);
            var markFile = MarkFile.Open(Path.Combine(directory, "mark"), isNew: evictable.IsEmpty && durable.IsEmpty);
            var outbox = new DiskOutbox(options, ownership, markFile, evictable, durable);
            outbox.Begin();
            return outbox;
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Keeps a record of at most 64 KB. A durable one is on the disk when this answers; an IOException leaves open
    /// whether it is.
    /// </summary>
    public AppendOutcome Append(RecordClass recordClass, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, RecordFrame.MostPayloadBytes);
        lock (access)
        {
            return TryAppend(recordClass == RecordClass.Durable ? durable : evictable, payload) is { } position
                ? new AppendOutcome.Appended(position)
                : Refuse(recordClass);
        }
    }

    /// <summary>The unacknowledged records from a position on, in order, at most as many as asked for.</summary>
    public IReadOnlyList<OutboxRecord> Read(long from, int most)
    {
        lock (access)
        {
            from = Math.Max(from, markFile.Mark.Acknowledged + 1);
            List<OutboxRecord> samples = [];
            List<OutboxRecord> events = [];
            evictable.Read(from, most, samples);
            durable.Read(from, most, events);
            return [.. samples.Concat(events).OrderBy(record => record.Position).Take(most)];
        }
    }

    /// <summary>
    /// The server has everything up to a position. False, and nothing changes, for a position that was never given:
    /// the server speaks of another outbox.
    /// </summary>
    public bool Acknowledge(long position)
    {
        lock (access)
        {
            var mark = markFile.Mark;
            if (position > mark.Acknowledged && position < mark.Next)
            {
                markFile.Save(mark with { Acknowledged = position }, flush: false);
                space.RemoveAcknowledged(newestToo: false);
            }

            return position < mark.Next;
        }
    }

    /// <summary>Takes bytes of the quota for a file beside the outbox (a sealed packet), ageing samples out for it.</summary>
    public bool TryReserve(long bytes)
    {
        lock (access)
        {
            var room = space.TryMakeRoom(bytes);
            space.Reserved += room ? bytes : 0;
            return room;
        }
    }

    /// <summary>Counts a file that is there already, quota or not; a negative number gives its bytes back.</summary>
    public void Occupy(long bytes)
    {
        lock (access)
        {
            space.Reserved += bytes;
        }
    }

    public void Dispose()
    {
        lock (access)
        {
            using (ownership)
            using (evictable)
            using (durable)
            {
                evictable.Flush();
                markFile.Save(markFile.Mark with { Clean = !evictable.HasFailed && !durable.HasFailed }, flush: true);
            }
        }
    }

    private void Begin()
    {
        var mark = markFile.Mark;
        if (mark.Clean && damagedStretches == 0)
        {
            evictable.Resume();
            durable.Resume();
        }

        // Twice, for both copies: should one be lost from here on, the other still knows where this life began.
        markFile.Save(mark.BeginLife(Math.Max(evictable.LastPosition, durable.LastPosition), damagedStretches > 0), flush: true);
        markFile.Save(markFile.Mark, flush: true);
        space.RemoveAcknowledged(newestToo: false);
    }

    private long? TryAppend(SegmentLog log, ReadOnlySpan<byte> payload)
    {
        while (space.TryMakeRoom(RecordFrame.HeaderBytes + payload.Length))
        {
            var position = markFile.Mark.Next;
            markFile.Note(markFile.Mark with { Next = position + 1 });
            try
            {
                log.Append(position, payload);
                return position;
            }
            catch (IOException fault) when (DurableFile.IsDiskFull(fault))
            {
                // Somebody else filled the disk before the quota was used up: samples go, and there may be room.
                if (!space.TryAgeOutOldest())
                {
                    break;
                }
            }
        }

        return null;
    }

    private AppendOutcome.Full Refuse(RecordClass recordClass)
    {
        var mark = markFile.Mark;
        markFile.Save(
            recordClass == RecordClass.Durable
                ? mark with { DurableRefused = mark.DurableRefused + 1 }
                : mark with { EvictableRefused = mark.EvictableRefused + 1 },
            flush: false);
        return new AppendOutcome.Full(space.Used, options.QuotaBytes);
    }
}
