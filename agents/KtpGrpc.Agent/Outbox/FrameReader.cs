namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// Walks the records of a segment and steps over what is damaged: a damaged payload by its length, a damaged header
/// to the next whole header, a torn tail to the end. Only records with growing positions count.
/// </summary>
internal ref struct FrameReader(ReadOnlySpan<byte> segment, long after)
{
    private readonly ReadOnlySpan<byte> _segment = segment;
    private int _next;
    private long _last = after;
    private bool _inDamage;

    /// <summary>Where the record just read begins.</summary>
    public int Offset { get; private set; }

    /// <summary>Unreadable stretches passed so far.</summary>
    public int DamagedStretches { get; private set; }

    public bool TryRead(out RecordFrame frame, out ReadOnlySpan<byte> payload)
    {
        while (_next < _segment.Length)
        {
            var rest = _segment[_next..];
            if (!RecordFrame.TryReadHeader(rest, out frame)
                || frame.Position <= _last || frame.Bytes > rest.Length)
            {
                NoteDamage();
                var marker = rest[1..].IndexOf(RecordFrame.Marker);
                _next = marker < 0 ? _segment.Length : _next + 1 + marker;
                continue;
            }

            Offset = _next;
            _next += frame.Bytes;
            _last = frame.Position;
            payload = rest[RecordFrame.HeaderBytes..frame.Bytes];
            if (Crc32C.Of(payload) == frame.PayloadCrc)
            {
                _inDamage = false;
                return true;
            }

            NoteDamage();
        }

        frame = default;
        payload = default;
        return false;
    }

    private void NoteDamage()
    {
        DamagedStretches += _inDamage ? 0 : 1;
        _inDamage = true;
    }
}
