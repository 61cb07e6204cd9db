namespace KtpGrpc.Agent.Session;

/// <summary>The session ended while something waited for it; what was not acknowledged is sent again in the next one.</summary>
internal sealed class SessionEndedException(SessionEnd end) : Exception($"{end.Code}: {end.Reason}")
{
    public SessionEnd End { get; } = end;
}
