namespace KtpGrpc.Agent.Outbox;

/// <summary>What is known of the outbox at a moment.</summary>
/// <param name="UsedBytes">Segments and packets on the disk.</param>
/// <param name="Dropped">Records of the outbox's whole life that found no room, or that the server refused.</param>
/// <param name="DamagedStretches">
/// Unreadable stretches, at least one record each, found when the outbox was opened; found again while their segment is kept.
/// </param>
internal sealed record OutboxCounts(long UsedBytes, long QuotaBytes, long Dropped, int DamagedStretches);
