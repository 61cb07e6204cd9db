using System.Buffers.Binary;
using KtpGrpc.Agent.Outbox;

namespace KtpGrpc.Agent.Printing;

/// <summary>One page of the attempts' file: CRC-32C 4, content's length 4, sequence 8, content; little endian.</summary>
internal static class AttemptPage
{
    /// <summary>What no single write of a disk spans.</summary>
    public const int Bytes = 4096;

    private const int LengthAt = 4;
    private const int SequenceAt = 8;
    private const int ContentAt = 16;

    public static byte[] Write(long sequence, ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, Bytes - ContentAt);
        var page = new byte[Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(LengthAt), content.Length);
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(SequenceAt), sequence);
        content.CopyTo(page.AsSpan(ContentAt));
        BinaryPrimitives.WriteUInt32LittleEndian(page, Crc32C.Of(page.AsSpan(LengthAt)));
        return page;
    }

    /// <summary>Empty for a page that was never written, or torn: then the step that it names was not taken.</summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> page, out long sequence)
    {
        sequence = BinaryPrimitives.ReadInt64LittleEndian(page[SequenceAt..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(page[LengthAt..]);
        return length is > 0 and <= Bytes - ContentAt && BinaryPrimitives.ReadUInt32LittleEndian(page) == Crc32C.Of(page[LengthAt..])
            ? page.Slice(ContentAt, length)
            : [];
    }
}
