namespace KtpGrpc.Agent.Outbox;

/// <summary>The segments, oldest first: records leave by whole files.</summary>
internal sealed class SegmentLog : IDisposable
{
    private readonly string _directory;
    private readonly int _segmentBytes;
    private readonly List<Segment> _segments;

    private SegmentLog(string directory, int segmentBytes)
    {
        (_directory, _segmentBytes) = (directory, segmentBytes);
        _segments = [.. SegmentName.Existing(directory).Select(Segment.Load)];
    }

    public bool IsEmpty => _segments.Count == 0;

    public long Bytes => _segments.Sum(segment => (long)segment.Bytes);

    public long LastPosition => _segments.Select(segment => segment.LastPosition).DefaultIfEmpty().Max();

    public int DamagedStretches => _segments.Sum(segment => segment.DamagedStretches);

    /// <summary>A write failed since the log was opened: what is on the disk is no longer certain.</summary>
    public bool HasFailed { get; private set; }

    public static SegmentLog Load(string directory, int segmentBytes) => new(directory, segmentBytes);

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
            _segments.Add(Segment.Create(_directory, position));
        }

        var newest = _segments[^1];
        try
        {
            newest.Append(position, payload);
        }
        catch (IOException)
        {
            HasFailed = true;
            Abandon(newest);
            throw;
        }

        if (newest.Bytes >= _segmentBytes)
        {
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
