using System.Buffers.Binary;

namespace KtpGrpc.Agent.Outbox;

/// <summary>
/// A record as it stands in a segment: marker 4, payload length 4, position 8, zeros 4, CRC-32C of the payload 4,
/// CRC-32C of the header 4, then the payload; little endian. The header has a checksum of its own so that
/// a damaged payload is skipped by its length, and the marker lets a reader find its place after a damaged header.
/// </summary>
internal readonly record struct RecordFrame(int PayloadBytes, long Position, uint PayloadCrc)
{
    public const int HeaderBytes = 28;

    /// <summary>A message of the session is no longer than this.</summary>
    public const int MostPayloadBytes = 64 * 1024;

    private const int HeaderCrcAt = 24;

    public static ReadOnlySpan<byte> Marker => [0xB5, (byte)'K', (byte)'T', (byte)'P'];

    public int Bytes => HeaderBytes + PayloadBytes;

    public static void Write(Span<byte> frame, long position, ReadOnlySpan<byte> payload)
    {
        Marker.CopyTo(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], position);
        frame[16..20].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(frame[20..], Crc32C.Of(payload));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[HeaderCrcAt..], Crc32C.Of(frame[..HeaderCrcAt]));
        payload.CopyTo(frame[HeaderBytes..]);
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out RecordFrame frame)
    {
        frame = default;
        if (bytes.Length < HeaderBytes
            || !bytes.StartsWith(Marker)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeaderCrcAt..]) != Crc32C.Of(bytes[..HeaderCrcAt]))
        {
            return false;
        }

        frame = new RecordFrame(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]));
        return frame.PayloadBytes is >= 0 and <= MostPayloadBytes;
    }
}
