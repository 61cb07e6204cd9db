using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;

namespace KtpGrpc.Server.Security;

/// <summary>Until when this server can show who it is; a new certificate is made when it starts in the second half of the old one's life.</summary>
internal sealed class CertificateInstruments
{
    public CertificateInstruments(IMeterFactory meters, ServerCertificate server, CertificateAuthority authority) =>
        meters.Create("ktp.security").CreateObservableGauge("ktp.security.certificate_expiry_timestamp", () => new[]
        {
            Expiry("server", server.Certificate), Expiry("authority", authority.Certificate),
        }, "s", "Moment at which a certificate expires, as Unix time.");

    private static Measurement<long> Expiry(string of, X509Certificate2 certificate) =>
        new(new DateTimeOffset(certificate.NotAfter.ToUniversalTime()).ToUnixTimeSeconds(), new KeyValuePair<string, object?>("certificate", of));
}
