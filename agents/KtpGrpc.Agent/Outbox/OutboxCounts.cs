namespace KtpGrpc.Agent.Outbox;

/// <summary>What the agent reports of its outbox. The drops are totals of the outbox's whole life.</summary>
/// <param name="UsedBytes">Segments and waiting packets.</param>
/// <param name="EvictableAgedOut">Evictable records dropped, unacknowledged, to make room.</param>
/// <param name="EvictableRefused">Evictable records that found no room.</param>
/// <param name="DurableRefused">Durable records that found no room: their writer was told.</param>
/// <param name="DamagedStretches">
/// Unreadable stretches, at least one record each, found when the outbox was opened; found again while their segment is kept.
/// </param>
internal sealed record OutboxCounts(
    long UsedBytes, long QuotaBytes, long EvictableAgedOut, long EvictableRefused, long DurableRefused, int DamagedStretches);
