using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts the bytes of one message; the engine overrides what it offers.</summary>
public abstract class SerializationContext
{
    /// <summary>Ends the message with all its bytes.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>The buffer to write the message into, before <see cref="Complete()" />.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>Announces the number of bytes that will be written into the buffer.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Ends the message with what was written into the buffer.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
