namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// The segments of one class, oldest first. Each class has its own, so that evictable records can leave by whole files
/// without a durable one among them.
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    private readonly string _directory;
    private readonly RecordClass _recordClass;
    private readonly int _segmentBytes;
    private readonly List<Segment> _segments;

    private SegmentLog(string directory, RecordClass recordClass, int segmentBytes)
    {
        this._directory = directory;
        this._recordClass = recordClass;
        this._segmentBytes = segmentBytes;
        _segments = [.. SegmentName.Existing(directory, recordClass).Select(path => Segment.Load(path, recordClass))];
    }

    public bool IsEmpty => _segments.Count == 0;

    public long Bytes => _segments.Sum(segment => (long)segment.Bytes);

    public long LastPosition => _segments.Select(segment => segment.LastPosition).DefaultIfEmpty().Max();

    public int DamagedStretches => _segments.Sum(segment => segment.DamagedStretches);

    /// <summary>A write failed since the log was opened: what is on the disk is no longer certain.</summary>
    public bool HasFailed { get; private set; }

    public static SegmentLog Load(string directory, RecordClass recordClass, int segmentBytes) =>
        new(directory, recordClass, segmentBytes);

    /// <summary>Goes on in the newest segment, if there is room in it. Only after a clean end: its tail must be whole.</summary>
    public void Resume()
    {
        if (_segments is [.., var newest] && newest.Bytes < _segmentBytes)
        {
            newest.Reopen();
        }
    }

    public void Append(long position, ReadOnlySpan<byte> payload)
    {
        if (_segments is not [.., { IsOpen: true }])
        {
            _segments.Add(Segment.Create(_directory, _recordClass, position));
        }

        var newest = _segments[^1];
        try
        {
            newest.Append(position, payload, flush: _recordClass == RecordClass.Durable);
        }
        catch (IOException)
        {
            HasFailed = true;
            Abandon(newest);
            throw;
        }

        if (newest.Bytes >= _segmentBytes)
        {
            newest.Flush();
            newest.Close();
        }
    }

    public void Read(long from, int most, List<OutboxRecord> records)
    {
        foreach (var segment in _segments)
        {
            segment.Read(from, most, records);
        }
    }

    public void Flush()
    {
        if (_segments is [.., { IsOpen: true } newest])
        {
            newest.Flush();
        }
    }

    /// <summary>Removes segments of which every record is acknowledged; the newest stays while it is appended to.</summary>
    public void RemoveAcknowledged(long acknowledged, bool newestToo)
    {
        _segments.RemoveAll(segment =>
        {
            var done = segment.LastPosition <= acknowledged && (newestToo || !segment.IsOpen);
            if (done)
            {
                segment.Remove();
            }

            return done;
        });
    }

    public bool HasAcknowledged(long acknowledged, bool newestToo) =>
        _segments.Any(segment => segment.LastPosition <= acknowledged && (newestToo || !segment.IsOpen));

    public int OldestRecordsAfter(long acknowledged) => _segments[0].RecordsAfter(acknowledged);

    public void RemoveOldest()
    {
        _segments[0].Remove();
        _segments.RemoveAt(0);
    }

    // What the failed write left at the end is unknown: the next record goes to a file of its own.
    private void Abandon(Segment newest)
    {
        if (newest.Records == 0)
        {
            newest.Remove();
            _segments.Remove(newest);
        }
        else
        {
            newest.Close();
        }
    }

    public void Dispose() => _segments.ForEach(segment => segment.Dispose());
}
