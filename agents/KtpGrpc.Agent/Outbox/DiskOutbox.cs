namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// The bounded log of what the server has yet to acknowledge, on the kiosk's disk. It outlives restarts, power cuts,
/// a full disk and damaged bytes without a hand: a damaged record loses only itself.
/// Positions only grow, and they have gaps: each opening leaves a few out by chance, and one after an end that was not clean
/// a long stretch.
/// </summary>
internal sealed class DiskOutbox : IDisposable
{
    private readonly Lock _access = new();
    private readonly OutboxOptions _options;
    private readonly FileStream _ownership;
    private readonly MarkFile _markFile;
    private readonly SegmentLog _log;
    private readonly OutboxSpace _space;
    private readonly int _damagedStretches;

    private DiskOutbox(OutboxOptions options, FileStream ownership, MarkFile markFile, SegmentLog log)
    {
        (_options, _ownership, _markFile, _log) = (options, ownership, markFile, log);
        _space = new OutboxSpace(options.QuotaBytes, markFile, log);
        _damagedStretches = log.DamagedStretches;
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
                return new OutboxCounts(_space.Used, _options.QuotaBytes, _markFile.Mark.Dropped, _damagedStretches);
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
            var log = SegmentLog.Load(directory, options.SegmentBytes);
            var markFile = MarkFile.Open(Path.Combine(directory, "mark"), isNew: log.IsEmpty);
            var outbox = new DiskOutbox(options, ownership, markFile, log);
            outbox.Begin();
            return outbox;
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a record of at most 64 KB: it is on the disk when this answers; an IOException leaves open whether it is.</summary>
    public AppendOutcome Append(ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, RecordFrame.MostPayloadBytes);
        lock (_access)
        {
            return TryAppend(payload) is { } position ? new AppendOutcome.Appended(position) : Refuse();
        }
    }

    /// <summary>The unacknowledged records from a position on, in order, at most as many as asked for.</summary>
    public IReadOnlyList<OutboxRecord> Read(long from, int most)
    {
        lock (_access)
        {
            List<OutboxRecord> records = [];
            _log.Read(Math.Max(from, _markFile.Mark.Acknowledged + 1), most, records);
            return records;
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

    /// <summary>Records that were given up, and of which the server was not told.</summary>
    public long UnreportedDrops
    {
        get { lock (_access) { return _markFile.Mark.Dropped - _markFile.Mark.DropsReported; } }
    }

    /// <summary>Counts records that the server refused: they will never be taken.</summary>
    public void GiveUp(int records)
    {
        lock (_access)
        {
            _markFile.Save(_markFile.Mark with { Dropped = _markFile.Mark.Dropped + records }, flush: true);
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

    /// <summary>Takes bytes of the quota for a file beside the outbox (a sealed packet).</summary>
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
            using (_log)
            {
                _markFile.Save(_markFile.Mark with { Clean = !_log.HasFailed }, flush: true);
            }
        }
    }

    private void Begin()
    {
        var mark = _markFile.Mark;
        if (mark.Clean && _damagedStretches == 0)
        {
            _log.Resume();
        }

        var leap = _markFile.IsNew ? 0 : Random.Shared.NextInt64(OutboxMark.LongestLeap);

        // Twice, for both copies: should one be lost from here on, the other still knows where this life began.
        _markFile.Save(mark.BeginLife(_log.LastPosition, _damagedStretches > 0, leap), flush: true);
        _markFile.Save(_markFile.Mark, flush: true);
        _space.RemoveAcknowledged(newestToo: false);
    }

    private long? TryAppend(ReadOnlySpan<byte> payload)
    {
        if (!_space.TryMakeRoom(RecordFrame.HeaderBytes + payload.Length))
        {
            return null;
        }

        var position = _markFile.Mark.Next;
        _markFile.Note(_markFile.Mark with { Next = position + 1 });
        try
        {
            _log.Append(position, payload);
            return position;
        }
        catch (IOException fault) when (DurableFile.IsDiskFull(fault))
        {
            // Somebody else filled the disk before the quota was used up.
            return null;
        }
    }

    private AppendOutcome.Full Refuse()
    {
        _markFile.Save(_markFile.Mark with { Dropped = _markFile.Mark.Dropped + 1 }, flush: false);
        return new AppendOutcome.Full(_space.Used, _options.QuotaBytes);
    }
}
