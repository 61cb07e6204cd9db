namespace KtpGrpc.Agent.Session;

/// <summary>Why there is no session now. Durations are monotonic, for the kiosk's clock may be wrong.</summary>
internal abstract record BackoffEvent
{
    private BackoffEvent()
    {
    }

    /// <summary>No session came about.</summary>
    public sealed record Failed : BackoffEvent;

    /// <summary>A session broke after it had lived for a while.</summary>
    public sealed record Ended(TimeSpan Lived) : BackoffEvent;

    /// <summary>The server ended or refused the session and said when to come back (reconnect-after).</summary>
    public sealed record SentAway(TimeSpan Lived, TimeSpan After) : BackoffEvent;
}
