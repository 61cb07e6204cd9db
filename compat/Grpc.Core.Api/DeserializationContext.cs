using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a deserializer takes the bytes of one message from; the engine overrides what it offers.</summary>
public abstract class DeserializationContext
{
    /// <summary>The number of bytes of the message.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message in a new array, which belongs to the caller.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    /// <summary>The message in the engine's memory, valid until the deserializer returns.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(PayloadAsNewBuffer());
}
