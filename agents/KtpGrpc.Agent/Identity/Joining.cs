using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core.Interceptors;
using Ktp.Stations.V1;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Agent.Identity;

/// <summary>How a station gets its certificate, and a new one when half of its life is over.</summary>
internal static class Joining
{
    public static async Task<StationIdentity> JoinAsync(AgentOptions options, string token, TimeProvider time, CancellationToken cancellation)
    {
        var expected = JoinToken.AuthorityKeyHash(token)
            ?? throw new InvalidDataException("This is not a join token: it has the form ktp1.….…; ask an admin for one.");
        using var authority = await FindAuthorityAsync(options.Control, expected, cancellation);
        using var key = StationIdentity.LoadOrCreateKey(options.Folder);
        var request = new CertificateRequest("CN=station", key, HashAlgorithmName.SHA256).CreateSigningRequest();
        using var channel = ServerTrust.Open(options.Control, authority, station: null, time);
        var joined = await new StationService.StationServiceClient(channel.Intercept(new UnaryDeadline())).JoinAsync(
            new JoinRequest { Token = token.Trim(), CertificateRequest = ByteString.CopyFrom(request) }, cancellationToken: cancellation);
        return StationIdentity.Save(options.Folder, joined.Certificate.Span, authority.RawData);
    }

    /// <summary>Needs no certificate that still holds: the enrolled key signs the server's nonce.</summary>
    public static async Task<StationIdentity> RenewAsync(StationIdentity identity, AgentOptions options, TimeProvider time, CancellationToken cancellation)
    {
        using var channel = ServerTrust.Open(options.Control, identity.Authority, station: null, time);
        var stations = new StationService.StationServiceClient(channel.Intercept(new UnaryDeadline()));
        var begun = await stations.BeginRenewalAsync(new BeginRenewalRequest { StationId = identity.Station.Value }, cancellationToken: cancellation);
        using var key = identity.Certificate.GetECDsaPrivateKey()!;
        var renewed = await stations.RenewCertificateAsync(new RenewCertificateRequest
        {
            StationId = identity.Station.Value,
            Nonce = begun.Nonce,
            Signature = ByteString.CopyFrom(key.SignData(begun.Nonce.Span, HashAlgorithmName.SHA256)),
        }, cancellationToken: cancellation);
        return identity.Renewed(renewed.Certificate.Span);
    }

    /// <summary>Half of the life, 10 % earlier or later by chance, so that a fleet that joined together does not renew together.</summary>
    /// <param name="random">An even draw from [0, 1).</param>
    public static DateTimeOffset RenewalDue(X509Certificate2 certificate, double random)
    {
        var (from, to) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        return from + ((to - from) * (0.4 + (0.2 * random)));
    }

    private static async Task<X509Certificate2> FindAuthorityAsync(Uri control, byte[] expected, CancellationToken cancellation)
    {
        using var channel = ServerTrust.OpenUntrusted(control);
        var answer = await new StationService.StationServiceClient(channel.Intercept(new UnaryDeadline())).GetAuthorityAsync(new GetAuthorityRequest(), cancellationToken: cancellation);
        var authority = X509CertificateLoader.LoadCertificate(answer.CaCertificate.Span);
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()), expected)
            ? authority
            : throw new InvalidDataException($"{control} is not the server that made this join token: its authority has another key.");
    }
}
