using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Security;

/// <summary>
/// The server's own certificate authority (P-256): it makes the server's certificate and those of the stations, and is
/// the only root that either side trusts. Certificates go by the system clock.
/// </summary>
internal sealed class CertificateAuthority
{
    public const string StationUriPrefix = "urn:ktp:station:";

    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string EmailProtection = "1.3.6.1.5.5.7.3.4";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan _authorityLife = TimeSpan.FromDays(20 * 365);
    private static readonly TimeSpan _serverLife = TimeSpan.FromDays(398);

    /// <summary>Clocks of kiosks run late; a certificate counts from a little before it was made.</summary>
    private static readonly TimeSpan _backdating = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly X509Certificate2 _authority;

    public CertificateAuthority(DataFolder folder, TimeProvider time)
    {
        _time = time;
        _authority = LoadOrCreate(Path.Combine(folder.Keys, "ca.pem"), MakeAuthority);
        Certificate = X509CertificateLoader.LoadCertificate(_authority.RawData);
        KeyHash = SHA256.HashData(Certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    /// <summary>A station's certificate lives this long and is renewed at half of it.</summary>
    public static TimeSpan StationLife { get; } = TimeSpan.FromDays(365);

    /// <summary>The root, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the root's SubjectPublicKeyInfo, which a join token carries.</summary>
    public byte[] KeyHash { get; }

    /// <summary>The server's certificate with its key, made anew when the names changed or half of its life is over.</summary>
    public X509Certificate2 ServerCertificate(DataFolder folder, IReadOnlyList<string> hostNames)
    {
        var path = Path.Combine(folder.Keys, "server.pem");
        var kept = LoadOrCreate(path, () => MakeServer(hostNames));
        if (kept.NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime > _serverLife / 2 && hostNames.All(name => kept.MatchesHostname(name)))
        {
            return kept;
        }

        DataFolder.WriteSecret(path, ToPem(MakeServer(hostNames)));
        return LoadOrCreate(path, () => MakeServer(hostNames));
    }

    /// <summary>A certificate for the key that a station keeps: client authentication, and CMS signatures.</summary>
    public X509Certificate2 IssueStation(string stationId, PublicKey key)
    {
        var request = new CertificateRequest(new X500DistinguishedName("CN=" + stationId), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication), new Oid(EmailProtection)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(StationUriPrefix + stationId));
        request.CertificateExtensions.Add(names.Build());
        return Issue(request, StationLife);
    }

    /// <summary>Whether a certificate that a client shows comes from this authority, is for clients, and holds today.</summary>
    public bool Accepts(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }

    /// <summary>The station a certificate names, or null.</summary>
    public static string? StationOf(X509Certificate2 certificate)
    {
        const int UniformResourceIdentifier = 6;
        var names = certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == "2.5.29.17");
        if (names is null)
        {
            return null;
        }

        var tag = new Asn1Tag(TagClass.ContextSpecific, UniformResourceIdentifier);
        for (var reader = new AsnReader(names.RawData, AsnEncodingRules.DER).ReadSequence(); reader.HasData;)
        {
            if (!reader.PeekTag().HasSameClassAndValue(tag))
            {
                reader.ReadEncodedValue();
                continue;
            }

            var uri = reader.ReadCharacterString(UniversalTagNumber.IA5String, tag);
            if (uri.StartsWith(StationUriPrefix, StringComparison.Ordinal))
            {
                return uri[StationUriPrefix.Length..];
            }
        }

        return null;
    }

    private X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=KtpGrpc station authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = _time.GetUtcNow();
        return request.CreateSelfSigned(now - _backdating, now + _authorityLife);
    }

    private X509Certificate2 MakeServer(IReadOnlyList<string> hostNames)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=KtpGrpc server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in hostNames)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        using var issued = Issue(request, _serverLife);
        return issued.CopyWithPrivateKey(key);
    }

    private X509Certificate2 Issue(CertificateRequest request, TimeSpan life)
    {
        var now = _time.GetUtcNow();
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        using var key = _authority.GetECDsaPrivateKey()!;
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        return request.Create(_authority.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now - _backdating, now + life, serial);
    }

    private static X509Certificate2 LoadOrCreate(string path, Func<X509Certificate2> make)
    {
        var pem = DataFolder.ReadOrCreateSecret(path, () => ToPem(make()));
        return X509Certificate2.CreateFromPem(pem, pem);
    }

    private static string ToPem(X509Certificate2 certificate)
    {
        using (certificate)
        {
            using var key = certificate.GetECDsaPrivateKey()!;
            return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
        }
    }
}
