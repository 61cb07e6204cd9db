namespace KtpGrpc.Ctl;

/// <summary>What the exit code tells.</summary>
internal static class Exit
{
    public const int Ok = 0;

    /// <summary>The server refused, or something failed.</summary>
    public const int Failed = 1;

    public const int WrongUse = 2;

    /// <summary>A verification found something.</summary>
    public const int Found = 3;
}

/// <summary>The command cannot be carried out as it was given; says what would be right.</summary>
internal sealed class UsageException(string message) : Exception(message);
