using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// Seals a packet as CMS (RFC 5652): EnvelopedData that only the centre can open (AES-256-CBC, RSA-OAEP with SHA-256),
/// inside SignedData by the station's P-256 key (SHA-256, its certificate included, no signing time: the kiosk's clock
/// proves nothing). <c>openssl cms -verify</c>, then <c>-decrypt</c>, gives the packet's ZIP.
/// An agent has one sealer, and that seals one packet at a time: a seal allocates a multiple of the packet's size.
/// </summary>
internal sealed class PacketSealer
{
    private static readonly Oid _aes256Cbc = new("2.16.840.1.101.3.4.1.42");
    private static readonly Oid _sha256 = new("2.16.840.1.101.3.4.2.1");

    private readonly Lock _oneAtATime = new();

    /// <param name="parts">At least one; the caller disposes, and so overwrites, them once the sealed packet is on the disk.</param>
    /// <param name="station">With its private key; the SignedData carries the certificate alone.</param>
    public byte[] Seal(CapturedParts parts, PacketManifest manifest, X509Certificate2 centre, X509Certificate2 station)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count);

        lock (_oneAtATime)
        {
            var packet = PacketContainer.Write(parts, manifest);
            try
            {
                return Sign(Envelop(packet, centre), station);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(packet);
            }
        }
    }

    private static byte[] Envelop(byte[] packet, X509Certificate2 centre)
    {
        var envelope = new EnvelopedCms(new ContentInfo(packet), new AlgorithmIdentifier(_aes256Cbc));
        envelope.Encrypt(new CmsRecipient(SubjectIdentifierType.IssuerAndSerialNumber, centre, RSAEncryptionPadding.OaepSHA256));
        return envelope.Encode();
    }

    private static byte[] Sign(byte[] envelope, X509Certificate2 station)
    {
        var signed = new SignedCms(new ContentInfo(envelope), detached: false);
        signed.ComputeSignature(new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, station)
        {
            DigestAlgorithm = _sha256,
            IncludeOption = X509IncludeOption.EndCertOnly,
        });
        return signed.Encode();
    }
}
