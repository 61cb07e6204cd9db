using System.Buffers.Binary;

namespace KtpGrpc.Agent.Outbox;

/// <summary>What the outbox knows beside its records.</summary>
/// <param name="Sequence">Grows with every writing; of two readable copies the later counts.</param>
/// <param name="Outbox">Made when the outbox is: positions mean something within one outbox only.</param>
/// <param name="Next">No position below this will be given again, whatever became of the segments.</param>
/// <param name="Clean">The outbox was closed in order, and everything it had is on the disk.</param>
/// <param name="Dropped">Records that were given up in its whole life.</param>
/// <param name="DropsReported">How many of them the server was told of.</param>
internal sealed record OutboxMark(
    long Sequence, Guid Outbox, long Acknowledged, long Next, bool Clean, long Dropped, long DropsReported)
{
    public const int Bytes = 80;

    /// <summary>More records than damage can hide.</summary>
    public const long SkippedAfterCrash = 1 << 20;

    /// <summary>Bound of the leap at each opening; positions last for 2^43 of them.</summary>
    public const long LongestLeap = 1 << 20;

    private const int CrcAt = 76;

    public static OutboxMark New() => new(0, Guid.NewGuid(), 0, 1, Clean: true, 0, 0);

    /// <summary>
    /// The mark of an outbox just opened. After an end that was not clean, or with damage, positions beyond those found
    /// may have been given and sent: a stretch is left out, so that the server never takes a new record for one it has seen.
    /// </summary>
    /// <param name="leap">Left out in any case, by chance: an older copy of the disk then gives other positions than its original did.</param>
    public OutboxMark BeginLife(long lastFound, bool damaged, long leap) => this with
    {
        Next = Math.Max(Next, lastFound + 1) + (Clean && !damaged ? 0 : SkippedAfterCrash) + leap,
        Clean = false,
    };

    public void Write(Span<byte> bytes)
    {
        bytes[..Bytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Sequence);
        Outbox.TryWriteBytes(bytes[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Acknowledged);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], Next);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], Dropped);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], DropsReported);
        bytes[64] = Clean ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcAt..], Crc32C.Of(bytes[..CrcAt]));
    }

    public static OutboxMark? Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]) != Crc32C.Of(bytes[..CrcAt])
            ? null
            : new OutboxMark(
                BinaryPrimitives.ReadInt64LittleEndian(bytes),
                new Guid(bytes[8..24]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
                bytes[64] == 1,
                BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]));
}
