namespace KtpGrpc.Agent.Outbox;

/// <summary>One record to send.</summary>
/// <param name="Position">From 1, always growing, never given twice; gaps are ordinary (see <see cref="DiskOutbox"/>).</param>
internal sealed record OutboxRecord(long Position, byte[] Payload);
