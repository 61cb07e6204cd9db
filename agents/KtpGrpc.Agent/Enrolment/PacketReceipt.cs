namespace KtpGrpc.Agent.Enrolment;

/// <summary>What the server's receipt says, after its signature was checked: it has this packet, of these bytes, durably.</summary>
internal sealed record PacketReceipt(PacketId Id, long Bytes, string Sha256);
