namespace KtpGrpc.Agent.Enrolment;

/// <summary>One file of a packet as its manifest names it.</summary>
/// <param name="Sha256">Of the whole file, 64 lower-case hexadecimal digits.</param>
internal sealed record PacketPart(string FileName, long Bytes, string Sha256);
