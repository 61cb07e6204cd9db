namespace KtpGrpc.Agent.Enrolment;

/// <summary>A sealed packet on the disk that the server has yet to give a receipt for.</summary>
/// <param name="Sequence">The order in which packets were saved, whatever the kiosk's clock said.</param>
/// <param name="Sha256">Of the sealed bytes when they were saved, 64 lower-case hexadecimal digits.</param>
internal sealed record WaitingPacket(long Sequence, PacketId Id, long Bytes, string Sha256);
