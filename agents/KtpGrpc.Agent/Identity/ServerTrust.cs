using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace KtpGrpc.Agent.Identity;

/// <summary>Channels to the server, which is believed only when the pinned authority vouches for it.</summary>
internal static class ServerTrust
{
    private static readonly TimeSpan _pingAfter = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan _pingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Longer than any pause of a session, which pings.</summary>
    private static readonly TimeSpan _closedAfterIdle = TimeSpan.FromMinutes(2);

    /// <param name="station">Shown to the server; null for calls that need none.</param>
    /// <param name="closedAfterIdle">When a connection without calls is closed; two minutes unless told.</param>
    /// <param name="seen">Hears of the certificate of each server that was believed.</param>
    public static GrpcChannel Open(
        Uri address, X509Certificate2 authority, X509Certificate2? station, TimeProvider time, TimeSpan? closedAfterIdle = null,
        Action<X509Certificate2>? seen = null)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (time.GetUtcNow().UtcDateTime < authority.NotBefore.ToUniversalTime())
        {
            // The clock is before the day the authority was made, so it is the clock that is wrong, as after a power cut.
            policy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        }

        return Open(address, new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            ClientCertificates = station is null ? null : [station],
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                if (errors != SslPolicyErrors.None || certificate is not X509Certificate2 server)
                {
                    return false;
                }

                seen?.Invoke(server);
                return true;
            },
        }, closedAfterIdle ?? _closedAfterIdle);
    }

    /// <summary>A channel to whoever answers: good for asking who it is, and for nothing that is secret.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "What comes over it is checked against the token's hash before anything is believed.")]
    public static GrpcChannel OpenUntrusted(Uri address) => Open(address, new SslClientAuthenticationOptions
    {
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    }, _closedAfterIdle);

    private static GrpcChannel Open(Uri address, SslClientAuthenticationOptions tls, TimeSpan closedAfterIdle) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            SslOptions = tls,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingDelay = _pingAfter,
            KeepAlivePingTimeout = _pingTimeout,
            PooledConnectionIdleTimeout = closedAfterIdle,
        },
    });
}
