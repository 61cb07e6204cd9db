namespace KtpGrpc.Simulation;

/// <summary>Something that must never be.</summary>
internal sealed class ViolationException(string message) : Exception(message);
