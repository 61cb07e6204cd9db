using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KtpGrpc.Agent.Enrolment;

/// <summary>
/// A centre's key pair for the demo and the tests: RSA-3072 and a self-signed certificate. A real centre makes its own
/// and gives out the certificate alone.
/// </summary>
internal static class CentreKeys
{
    public const string CertificateFile = "centre.pem";
    public const string KeyFile = "centre-key.pem";

    private const int Bits = 3072;
    private const int Years = 10;

    /// <summary>Writes both files as PEM, the key readable by its owner alone; it never overwrites a key.</summary>
    /// <returns>The certificate, without the private key.</returns>
    public static X509Certificate2 Create(string directory, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory);
        using var key = RSA.Create(Bits);
        var request = new CertificateRequest("CN=KtpGrpc demo centre", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment, critical: true));
        using var withKey = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        var certificate = X509CertificateLoader.LoadCertificate(withKey.RawData);

        WriteKey(Path.Combine(directory, KeyFile), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(directory, CertificateFile), certificate.ExportCertificatePem() + "\n");
        return certificate;
    }

    private static void WriteKey(string path, string pem)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.WriteLine(pem);
    }
}
