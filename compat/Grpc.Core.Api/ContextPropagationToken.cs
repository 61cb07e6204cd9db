namespace Grpc.Core;

/// <summary>An opaque link from a server call to the calls made inside it; the .NET engines create none.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}
