namespace KtpGrpc.Agent.Session;

/// <summary>How often in a row the station failed to keep a session: the step of the next window, 0 (1 s) to 6 (64 s).</summary>
internal readonly record struct BackoffState(int Step);
