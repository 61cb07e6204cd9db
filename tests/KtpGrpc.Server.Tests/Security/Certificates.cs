using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Server.Security;
using KtpGrpc.Testing;

namespace KtpGrpc.Server.Tests.Security;

/// <summary>Certificates as a forger would make them, and one who stole the authority's key.</summary>
internal static class Certificates
{
    public const string ForClients = "1.3.6.1.5.5.7.3.2";
    public const string ForServers = "1.3.6.1.5.5.7.3.1";

    /// <summary>The server's authority with its key.</summary>
    public static X509Certificate2 AuthorityOf(RunningServer server)
    {
        var pem = File.ReadAllText(Path.Combine(server.Options.Data, "keys", "ca.pem"));
        return X509Certificate2.CreateFromPem(pem, pem);
    }

    /// <summary>An authority of the same name as the server's, with another key.</summary>
    public static X509Certificate2 Foreign(RunningServer server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(server.Authority.SubjectName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(1));
    }

    /// <param name="authority">Null for one that signs itself.</param>
    /// <param name="uri">The name in it; null for none.</param>
    public static X509Certificate2 Make(X509Certificate2? authority, string? uri, TimeSpan from, TimeSpan to, string usage = ForClients)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=station", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (uri is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddUri(new Uri(uri));
            request.CertificateExtensions.Add(names.Build());
        }

        if (authority is null)
        {
            return request.CreateSelfSigned(now + from, now + to);
        }

        using var signer = authority.GetECDsaPrivateKey()!;
        using var bare = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), now + from, now + to, RandomNumberGenerator.GetBytes(8));
        return bare.CopyWithPrivateKey(key);
    }

    public static string UriOf(string stationId) => CertificateAuthority.StationUriPrefix + stationId;
}
