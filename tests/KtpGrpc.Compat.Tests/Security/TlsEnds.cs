using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KtpGrpc.Compat.Tests.Server;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KtpGrpc.Compat.Tests.Security;

/// <summary>The two ends of a TLS connection under a test's own authorities.</summary>
internal static class TlsEnds
{
    public static Action<ListenOptions> ServerTls(TestAuthority authority) =>
        listen => listen.UseHttps(authority.IssueForServer());

    public static Action<ListenOptions> MutualTls(TestAuthority authority) =>
        listen => listen.UseHttps(authority.IssueForServer(), https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => authority.VouchesForClient(certificate);
        });

    public static GrpcChannel DialTls(
        this ParrotServer server,
        TestAuthority trusted,
        X509Certificate2? certificate = null,
        ChannelCredentials? credentials = null) =>
        server.Dial(new GrpcChannelOptions
        {
            Credentials = credentials,
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    ClientCertificates = certificate is null ? [] : [certificate],
                    RemoteCertificateValidationCallback = (_, presented, _, _) =>
                        presented is X509Certificate2 shown && trusted.VouchesForServer(shown),
                },
            },
        });
}
