using System.Text;
using KtpGrpc.Server.Security;

namespace KtpGrpc.Server.Enrolment;

/// <summary>The server's word that a packet is on its disk; the station deletes its own copy only against it.</summary>
internal static class Receipt
{
    /// <summary>What is signed, UTF-8; the contract's words.</summary>
    public static byte[] Line(PacketSeal seal, DateTimeOffset receivedAt) => Encoding.UTF8.GetBytes(
        $"ktp-receipt-v1 {seal.Id} {Convert.ToHexStringLower(seal.Sha256)} {seal.Length} {receivedAt.ToUnixTimeMilliseconds()}");

    /// <summary>
    /// The same signature as at first, or, since the server's certificate was renewed, one that the caller can check with the
    /// certificate he sees.
    /// </summary>
    public static byte[] SignatureOf(Packet packet, ServerCertificate certificate)
    {
        var line = Line(packet.Seal, packet.ReceivedAt);
        return certificate.HasSigned(line, packet.Signature) ? packet.Signature : certificate.Sign(line);
    }
}
