using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Server.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KtpGrpc.Server.Security;

/// <summary>Adds the authority, the operators and the protection of what is kept about citizens.</summary>
internal static class SecurityFeature
{
    /// <param name="hostNames">Names and addresses in the server's certificate.</param>
    public static IServiceCollection AddSecurity(this IServiceCollection services, DataFolder folder, IReadOnlyList<string> hostNames)
    {
        services.AddSingleton<CertificateAuthority>();
        services.AddSingleton(provider => new ServerCertificate(provider.GetRequiredService<CertificateAuthority>().ServerCertificate(folder, hostNames)));
        services.AddSingleton<OperatorFile>();
        services.AddSingleton<KeyedHash>();
        services.AddSingleton<ProtectionKeyStore>();
        services.AddDataProtection().SetApplicationName("KtpGrpc").ProtectKeysWithCertificate(WrappingCertificate(folder));
        services.AddOptions<KeyManagementOptions>().Configure<ProtectionKeyStore>((options, store) => options.XmlRepository = store);
        return services;
    }

    /// <summary>Wraps the protection keys; lies in the keys folder. RSA, since XML encryption wraps keys with nothing else.</summary>
    private static X509Certificate2 WrappingCertificate(DataFolder folder)
    {
        var pem = DataFolder.ReadOrCreateSecret(Path.Combine(folder.Keys, "protection.pem"), () =>
        {
            using var key = RSA.Create(3072);
            var request = new CertificateRequest("CN=KtpGrpc protection keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
            return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
        });
        return X509Certificate2.CreateFromPem(pem, pem);
    }
}
