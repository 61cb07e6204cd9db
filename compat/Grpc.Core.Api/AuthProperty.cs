using System.Text;
using Grpc.Core.Utils;

namespace Grpc.Core;

/// <summary>One proven fact about the peer of a call.</summary>
public class AuthProperty
{
    private readonly byte[] bytes;

    private AuthProperty(string name, byte[] bytes)
    {
        Name = name;
        this.bytes = bytes;
    }

    /// <summary>What the fact is about.</summary>
    public string Name { get; }

    /// <summary>The fact as UTF-8 text.</summary>
    public string Value => Encoding.UTF8.GetString(bytes);

    /// <summary>A copy of the fact's bytes.</summary>
    public byte[] ValueBytes => [.. bytes];

    /// <summary>Creates a property.</summary>
    public static AuthProperty Create(string name, byte[] valueBytes) =>
        new(GrpcPreconditions.CheckNotNull(name, nameof(name)), [.. GrpcPreconditions.CheckNotNull(valueBytes, nameof(valueBytes))]);
}
