using Grpc.Core;

namespace KtpGrpc.Agent.Session;

/// <summary>How a session ended, and when the server wants the agent back; null where it did not say.</summary>
internal sealed record SessionEnd(StatusCode Code, string Reason, TimeSpan? ReconnectAfter);
