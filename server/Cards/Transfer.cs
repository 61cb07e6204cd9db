using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Cards;

/// <summary>Blanks on their way from one office to another, or arrived. Two-sided: what one sends, the other counts.</summary>
internal sealed record Transfer(
    string Id, RegionCode From, RegionCode To, string Document, DateTimeOffset SentAt, DateTimeOffset? ReceivedAt, long Arrived, IReadOnlyList<SerialRange> Serials);
