namespace KtpGrpc.Server.Citizens;

/// <summary>A random name for a citizen, the only one that facts, tables and receipts use.</summary>
internal readonly record struct CitizenId(string Value)
{
    public static CitizenId New() => new(Guid.CreateVersion7().ToString("N"));

    public override string ToString() => Value;
}
