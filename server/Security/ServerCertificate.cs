using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KtpGrpc.Server.Security;

/// <summary>
/// The certificate that both endpoints show, and the word of its key: whoever was let in by a pinned authority can check
/// what this server signed against the certificate it showed.
/// </summary>
internal sealed class ServerCertificate(X509Certificate2 certificate) : IDisposable
{
    private readonly ECDsa _key = certificate.GetECDsaPrivateKey() ?? throw new InvalidDataException("The server's certificate has no P-256 key.");

    // A key object is not promised to serve two threads at once; a signature takes some 30 µs.
    private readonly Lock _turn = new();

    public X509Certificate2 Certificate => certificate;

    /// <summary>ECDSA P-256 with SHA-256, IEEE P1363 form.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_turn)
        {
            return _key.SignData(data, HashAlgorithmName.SHA256);
        }
    }

    /// <summary>Whether the present key made this signature; one of an earlier certificate does not count.</summary>
    public bool HasSigned(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_turn)
        {
            return _key.VerifyData(data, signature, HashAlgorithmName.SHA256);
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        certificate.Dispose();
    }
}
