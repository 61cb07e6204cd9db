namespace KtpGrpc.Architecture.Planted.Session;

/// <summary>What the planted folder Health must not name: it stands right of it.</summary>
internal class Beat
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(Count + 1);

    public static int Count { get; set; }

    public static Task<int> ListenAsync() => Task.FromResult(Count);

    public static int Listen() => Count;
}

internal interface ILoud;

internal enum Pace { Slow, Fast }

internal sealed class LateException : Exception;

[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
internal sealed class MarkAttribute : Attribute;
