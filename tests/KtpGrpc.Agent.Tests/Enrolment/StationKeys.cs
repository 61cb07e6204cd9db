using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KtpGrpc.Agent.Tests.Enrolment;

/// <summary>A certificate authority and a station's certificate by it, shaped as the server's own make them.</summary>
internal sealed class StationKeys : IDisposable
{
    private static readonly DateTimeOffset _now = new(2016, 9, 30, 0, 0, 0, TimeSpan.Zero);

    public StationKeys()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=KtpGrpc test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        Authority = authority.CreateSelfSigned(_now.AddDays(-1), _now.AddYears(10));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var station = new CertificateRequest("CN=53.71.04-1", key, HashAlgorithmName.SHA256);
        station.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        station.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.2"), new Oid("1.3.6.1.5.5.7.3.4")], critical: false));
        using var certificate = station.Create(Authority, _now, _now.AddDays(90), [1, 2, 3, 4]);
        Station = certificate.CopyWithPrivateKey(key);
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Station { get; }

    public void Dispose()
    {
        Authority.Dispose();
        Station.Dispose();
    }
}
