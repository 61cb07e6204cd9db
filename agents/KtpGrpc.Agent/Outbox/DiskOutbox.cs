namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// The bounded log of what the server has yet to acknowledge, on the kiosk's disk. It outlives restarts, power cuts,
/// a full disk and damaged bytes without a hand: a damaged record loses only itself.
/// Positions are shared by both classes. They only grow, and they have gaps: a record may have aged out, each
/// opening leaves a few out by chance, and one after an end that was not clean a long stretch.
/// </summary>
internal sealed class DiskOutbox : IDisposable
{
    private readonly Lock _access = new();
    private readonly OutboxOptions _options;
    private readonly FileStream _ownership;
    private readonly MarkFile _markFile;
    private readonly SegmentLog _evictable;
    private readonly SegmentLog _durable;
    private readonly OutboxSpace _space;
    private readonly int _damagedStretches;

    private DiskOutbox(OutboxOptions options, FileStream ownership, MarkFile markFile, SegmentLog evictable, SegmentLog durable)
    {
        this._options = options;
        this._ownership = ownership;
        this._markFile = markFile;
        this._evictable = evictable;
        this._durable = durable;
        _space = new OutboxSpace(options.QuotaBytes, markFile, evictable, durable);
        _damagedStretches = evictable.DamagedStretches + durable.DamagedStretches;
    }

    /// <summary>To be named in the session's hello: a new id (a new disk, a lost mark) means that positions begin anew.</summary>
    public Guid Id => _markFile.Mark.Outbox;

    public long Acknowledged
    {
        get { lock (_access) { return _markFile.Mark.Acknowledged; } }
    }

    /// <summary>The last position given; 0 before the first.</summary>
    public long LastPosition
    {
        get { lock (_access) { return _markFile.Mark.Next - 1; } }
    }

    public OutboxCounts Counts
    {
        get
        {
            lock (_access)
            {
                var mark = _markFile.Mark;
                return new OutboxCounts(
                    _space.Used, _options.QuotaBytes, mark.EvictableAgedOut, mark.EvictableRefused, mark.DurableRefused, _damagedStretches);
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
        lock (_access)
        {
            return TryAppend(recordClass == RecordClass.Durable ? _durable : _evictable, payload) is { } position
                ? new AppendOutcome.Appended(position)
                : Refuse(recordClass);
        }
    }

    /// <summary>The unacknowledged records from a position on, in order, at most as many as asked for.</summary>
    public IReadOnlyList<OutboxRecord> Read(long from, int most)
    {
        lock (_access)
        {
            from = Math.Max(from, _markFile.Mark.Acknowledged + 1);
            List<OutboxRecord> samples = [];
            List<OutboxRecord> events = [];
            _evictable.Read(from, most, samples);
            _durable.Read(from, most, events);
            return [.. samples.Concat(events).OrderBy(record => record.Position).Take(most)];
        }
    }

    /// <summary>
    /// The server has everything up to a position. False, and nothing changes, for a position that was never given:
    /// the server speaks of another outbox.
    /// </summary>
    public bool Acknowledge(long position)
    {
        lock (_access)
        {
            var mark = _markFile.Mark;
            if (position > mark.Acknowledged && position < mark.Next)
            {
                _markFile.Save(mark with { Acknowledged = position }, flush: false);
                _space.RemoveAcknowledged(newestToo: false);
            }

            return position < mark.Next;
        }
    }

    /// <summary>
    /// Takes over what the server keeps at the start of a session. False, and nothing changes, where it cannot be of this
    /// outbox: its last event is none that was acknowledged or waits here.
    /// </summary>
    public bool Agree(long durable)
    {
        lock (_access)
        {
            return durable <= _markFile.Mark.Acknowledged || (Read(durable, 1) is [var record] && record.Position == durable && Acknowledge(durable));
        }
    }

    /// <summary>Durable records that were given up, and of which the server was not told.</summary>
    public long UnreportedDrops
    {
        get { lock (_access) { return _markFile.Mark.DurableRefused - _markFile.Mark.DropsReported; } }
    }

    /// <summary>Counts records that the server refused: they will never be taken.</summary>
    public void GiveUp(int records)
    {
        lock (_access)
        {
            _markFile.Save(_markFile.Mark with { DurableRefused = _markFile.Mark.DurableRefused + records }, flush: true);
        }
    }

    /// <summary>So many drops stand in a record of their own now.</summary>
    public void NoteReported(long drops)
    {
        lock (_access)
        {
            _markFile.Save(_markFile.Mark with { DropsReported = _markFile.Mark.DropsReported + drops }, flush: true);
        }
    }

    /// <summary>
    /// Takes a new id, by which the server begins to count anew, since its positions and ours are not of one outbox any
    /// more: this disk was restored. Records that wait keep their positions and are sent again.
    /// </summary>
    public void BeginAnew()
    {
        lock (_access)
        {
            _markFile.Save(_markFile.Mark with { Outbox = Guid.NewGuid() }, flush: true);
            _markFile.Save(_markFile.Mark, flush: true);
        }
    }

    /// <summary>Takes bytes of the quota for a file beside the outbox (a sealed packet), ageing samples out for it.</summary>
    public bool TryReserve(long bytes)
    {
        lock (_access)
        {
            var room = _space.TryMakeRoom(bytes);
            _space.Reserved += room ? bytes : 0;
            return room;
        }
    }

    /// <summary>Counts a file that is there already, quota or not; a negative number gives its bytes back.</summary>
    public void Occupy(long bytes)
    {
        lock (_access)
        {
            _space.Reserved += bytes;
        }
    }

    public void Dispose()
    {
        lock (_access)
        {
            using (_ownership)
            using (_evictable)
            using (_durable)
            {
                _evictable.Flush();
                _markFile.Save(_markFile.Mark with { Clean = !_evictable.HasFailed && !_durable.HasFailed }, flush: true);
            }
        }
    }

    private void Begin()
    {
        var mark = _markFile.Mark;
        if (mark.Clean && _damagedStretches == 0)
        {
            _evictable.Resume();
            _durable.Resume();
        }

        var leap = _markFile.IsNew ? 0 : Random.Shared.NextInt64(OutboxMark.LongestLeap);

        // Twice, for both copies: should one be lost from here on, the other still knows where this life began.
        _markFile.Save(mark.BeginLife(Math.Max(_evictable.LastPosition, _durable.LastPosition), _damagedStretches > 0, leap), flush: true);
        _markFile.Save(_markFile.Mark, flush: true);
        _space.RemoveAcknowledged(newestToo: false);
    }

    private long? TryAppend(SegmentLog log, ReadOnlySpan<byte> payload)
    {
        while (_space.TryMakeRoom(RecordFrame.HeaderBytes + payload.Length))
        {
            var position = _markFile.Mark.Next;
            _markFile.Note(_markFile.Mark with { Next = position + 1 });
            try
            {
                log.Append(position, payload);
                return position;
            }
            catch (IOException fault) when (DurableFile.IsDiskFull(fault))
            {
                // Somebody else filled the disk before the quota was used up: samples go, and there may be room.
                if (!_space.TryAgeOutOldest())
                {
                    break;
                }
            }
        }

        return null;
    }

    private AppendOutcome.Full Refuse(RecordClass recordClass)
    {
        var mark = _markFile.Mark;
        _markFile.Save(
            recordClass == RecordClass.Durable
                ? mark with { DurableRefused = mark.DurableRefused + 1 }
                : mark with { EvictableRefused = mark.EvictableRefused + 1 },
            flush: false);
        return new AppendOutcome.Full(_space.Used, _options.QuotaBytes);
    }
}
