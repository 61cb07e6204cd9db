namespace KtpGrpc.Architecture.Planted.Clock;

/// <summary>What the planted folder Health may name: it stands left of it.</summary>
internal sealed record Tick
{
    public static void Count<T>()
    {
    }
}

[AttributeUsage(AttributeTargets.All)]
internal sealed class OfAttribute<T> : Attribute;

[AttributeUsage(AttributeTargets.All)]
internal sealed class WithAttribute(params object[] values) : Attribute
{
    public object[] Values { get; } = values;

    public Type? Named { get; set; }
}
