using System.Net;
using Grpc.Core;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Benchmarks.Bare;

/// <summary>
/// What ours is measured against: Grpc.AspNetCore.Server on Kestrel with their defaults and the TLS of ours, and services
/// that do the least that can be called the same. No rights, no database, no journal, no detectors.
/// </summary>
internal static class BareServer
{
    public static async Task RunAsync(string data, bool acksEach, CancellationToken cancellation)
    {
        var folder = new DataFolder(data);
        var authority = new CertificateAuthority(folder, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new BareSessionService(acksEach));
        builder.Services.AddSingleton(new BareEnrolmentService(Directory.CreateDirectory(Path.Combine(data, "bare")).FullName));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            listener.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = authority.ServerCertificate(folder, ["localhost", "127.0.0.1"]),
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (certificate, _, _) => authority.Accepts(certificate),
                OnAuthenticate = (_, tls) => tls.AllowTlsResume = false,
            });
        }));
        await using var app = builder.Build();
        app.MapGrpcService<BareSessionService>();
        app.MapGrpcService<BareEnrolmentService>();
        await app.StartAsync(cancellation);
        Console.WriteLine($"bare: ready. control {app.Urls.First()}, uploads {app.Urls.First()},");
        await app.WaitForShutdownAsync(cancellation);
    }
}
