namespace Grpc.Core;

/// <summary>What a call made inside a server method takes over from it.</summary>
public class ContextPropagationOptions
{
    /// <summary>Options that take over the deadline and the cancellation.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Creates the options.</summary>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Whether the deadline is taken over.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Whether the cancellation is taken over.</summary>
    public bool IsPropagateCancellation { get; }
}
