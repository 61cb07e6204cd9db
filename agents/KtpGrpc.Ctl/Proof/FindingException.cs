namespace KtpGrpc.Ctl.Proof;

/// <summary>A file does not prove what it says: where, and why.</summary>
internal sealed class FindingException(string message) : Exception(message);
