namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// Walks the records of a segment and steps over what is damaged: a damaged payload by its length, a damaged header
/// to the next whole header, a torn tail to the end. Only records of one class, with growing positions, count.
/// </summary>
internal ref struct FrameReader(ReadOnlySpan<byte> segment, RecordClass recordClass, long after)
{
    private readonly ReadOnlySpan<byte> segment = segment;
    private int next;
    private long last = after;
    private bool inDamage;

    /// <summary>Where the record just read begins.</summary>
    public int Offset { get; private set; }

    /// <summary>Unreadable stretches passed so far.</summary>
    public int DamagedStretches { get; private set; }

    public bool TryRead(out RecordFrame frame, out ReadOnlySpan<byte> payload)
    {
        while (next < segment.Length)
        {
            var rest = segment[next..];
            if (!RecordFrame.TryReadHeader(rest, out frame)
                || frame.Class != recordClass || frame.Position <= last || frame.Bytes > rest.Length)
            {
                NoteDamage();
                var marker = rest[1..].IndexOf(RecordFrame.Marker);
                next = marker < 0 ? segment.Length : next + 1 + marker;
                continue;
            }

            Offset = next;
            next += frame.Bytes;
            last = frame.Position;
            payload = rest[RecordFrame.HeaderBytes..frame.Bytes];
            if (Crc32C.Of(payload) == frame.PayloadCrc)
            {
                inDamage = false;
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
        DamagedStretches += inDamage ? 0 : 1;
        inDamage = true;
    }
}
