using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Security;

/// <summary>
/// The certificate that wraps the protection keys; it lies in the keys folder. RSA, since XML encryption wraps keys with
/// nothing else.
/// </summary>
internal static class WrappingKey
{
    public const string FileName = "protection.pem";

    public static X509Certificate2 LoadOrCreate(DataFolder folder)
    {
        var pem = DataFolder.ReadOrCreateSecret(Path.Combine(folder.Keys, FileName), MakePem);
        return X509Certificate2.CreateFromPem(pem, pem);
    }

    /// <summary>Takes a second or more: primes of 1,536 bits are rare.</summary>
    public static string MakePem()
    {
        using var key = RSA.Create(3072);
        var request = new CertificateRequest("CN=KtpGrpc protection keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }
}
