using System.Buffers.Binary;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>A packet's identity everywhere: a UUID of version 7, made once on the station.</summary>
internal readonly record struct PacketId(Guid Value)
{
    public static PacketId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>When it was made, by the clock of then.</summary>
    public DateTimeOffset MadeAt
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
        }
    }

    public static bool TryParse(ReadOnlySpan<char> text, out PacketId id)
    {
        var valid = Guid.TryParse(text, out var value) && value.Version == 7;
        id = valid ? new PacketId(value) : default;
        return valid;
    }

    public override string ToString() => Value.ToString();
}
