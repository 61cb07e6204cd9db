using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KtpGrpc.Compat.Tests.Security;

/// <summary>A certificate authority that lives as long as a test, with what either end of a connection needs to trust it alone.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan _lifetime = TimeSpan.FromDays(1);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(Start, Start + _lifetime + _lifetime);
    }

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);

    public X509Certificate2 IssueForServer() => Issue("localhost", ServerAuthentication, Start + _lifetime);

    public X509Certificate2 IssueForClient(string name) => Issue(name, ClientAuthentication, Start + _lifetime);

    public X509Certificate2 IssueExpiredForClient(string name) => Issue(name, ClientAuthentication, Start + TimeSpan.FromMinutes(30));

    /// <summary>Whether a certificate is valid now, was issued by this authority, and for this purpose.</summary>
    public bool VouchesForServer(X509Certificate2 certificate) => Vouches(certificate, ServerAuthentication);

    /// <inheritdoc cref="VouchesForServer" />
    public bool VouchesForClient(X509Certificate2 certificate) => Vouches(certificate, ClientAuthentication);

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Issue(string name, string purpose, DateTimeOffset end)
    {
        using var subjectKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", subjectKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], true));

        using var certificate = request.Create(_root, Start, end, RandomNumberGenerator.GetBytes(16));
        using var withKey = certificate.CopyWithPrivateKey(subjectKey);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    private bool Vouches(X509Certificate2 certificate, string purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        return chain.Build(certificate);
    }
}
