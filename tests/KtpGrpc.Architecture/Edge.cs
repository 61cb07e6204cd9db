namespace KtpGrpc.Architecture;

/// <summary>One folder naming another: at which type, and at which of its members (empty when the type itself does).</summary>
internal sealed record Edge(string From, string To, string Type, string Member)
{
    public override string ToString() => $"{From} -> {To}: {Type}{(Member.Length == 0 ? "" : ".")}{Member}";
}
