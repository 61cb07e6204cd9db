using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core.Utils;

/// <summary>Checks of arguments and state.</summary>
public static class GrpcPreconditions
{
    /// <summary>Throws <see cref="ArgumentException" /> unless the condition holds.</summary>
    public static void CheckArgument([DoesNotReturnIf(false)] bool condition)
    {
        if (!condition) throw new ArgumentException();
    }

    /// <summary>Throws <see cref="ArgumentException" /> with a message unless the condition holds.</summary>
    public static void CheckArgument([DoesNotReturnIf(false)] bool condition, string errorMessage)
    {
        if (!condition) throw new ArgumentException(errorMessage);
    }

    /// <summary>Returns the reference, or throws <see cref="ArgumentNullException" />.</summary>
    public static T CheckNotNull<T>([NotNull] T? reference) => reference ?? throw new ArgumentNullException();

    /// <summary>Returns the reference, or throws <see cref="ArgumentNullException" /> with the name of the parameter.</summary>
    public static T CheckNotNull<T>([NotNull] T? reference, string paramName) => reference ?? throw new ArgumentNullException(paramName);

    /// <summary>Throws <see cref="InvalidOperationException" /> unless the condition holds.</summary>
    public static void CheckState([DoesNotReturnIf(false)] bool condition)
    {
        if (!condition) throw new InvalidOperationException();
    }

    /// <summary>Throws <see cref="InvalidOperationException" /> with a message unless the condition holds.</summary>
    public static void CheckState([DoesNotReturnIf(false)] bool condition, string errorMessage)
    {
        if (!condition) throw new InvalidOperationException(errorMessage);
    }
}
