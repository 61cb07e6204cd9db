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
        services.AddSingleton<ProtectionKeyStore>();
        services.AddDataProtection().SetApplicationName("KtpGrpc").ProtectKeysWithCertificate(WrappingKey.LoadOrCreate(folder));
        services.AddOptions<KeyManagementOptions>().Configure<ProtectionKeyStore>((options, store) => options.XmlRepository = store);
        return services;
    }
}
