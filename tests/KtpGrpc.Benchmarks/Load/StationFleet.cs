using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Ktp.Stations.V1;

namespace KtpGrpc.Benchmarks.Load;

/// <summary>Stations that joined our server over the wire; the bare server takes their certificates as well.</summary>
internal sealed class StationFleet
{
    private const int StationsOfDistrict = 100;
    private const int JoinedAtOnce = 16;

    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2[] _stations;

    private StationFleet(X509Certificate2 authority, X509Certificate2[] stations)
    {
        _authority = authority;
        _stations = stations;
    }

    public int Count => _stations.Length;

    /// <param name="data">The server's data folder, where its authority and its first admin's secret lie.</param>
    public static async Task<StationFleet> JoinAsync(MeasuredServer server, string data, int count, CancellationToken cancellation)
    {
        var authority = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Path.Combine(data, "keys", "ca.pem"), cancellation));
        var secret = await File.ReadAllTextAsync(Path.Combine(data, "admin.secret"), cancellation);
        var admin = new Metadata { { "authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{secret.Trim()}")) } };
        using var channel = Open(server.Control, authority, null);
        var service = new StationService.StationServiceClient(channel);
        await service.PutRegionsAsync(
            new PutRegionsRequest
            {
                RequestId = Guid.NewGuid().ToString(),
                Regions =
                {
                    Enumerable.Range(0, count).Select(DistrictOf).Distinct().Append("53").Append("53.71").Select(code => new Region { Code = code, Name = "Region " + code }),
                },
            },
            admin, cancellationToken: cancellation);
        var stations = new X509Certificate2[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = JoinedAtOnce, CancellationToken = cancellation }, async (i, token) =>
        {
            var made = await service.CreateJoinTokenAsync(
                new CreateJoinTokenRequest { RequestId = Guid.NewGuid().ToString(), RegionCode = DistrictOf(i), StationName = $"Desk {i}" }, admin, cancellationToken: token);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=station", key, HashAlgorithmName.SHA256).CreateSigningRequest();
            var joined = await service.JoinAsync(new JoinRequest { Token = made.Token, CertificateRequest = ByteString.CopyFrom(request) }, cancellationToken: token);
            using var bare = X509CertificateLoader.LoadCertificate(joined.Certificate.Span);
            stations[i] = bare.CopyWithPrivateKey(key);
        });
        return new StationFleet(authority, stations);
    }

    /// <summary>A connection of its own for a station.</summary>
    public GrpcChannel Open(Uri address, int station) => Open(address, _authority, _stations[station]);

    private static string DistrictOf(int station) => $"53.71.{1 + station / StationsOfDistrict:00}";

    private static GrpcChannel Open(Uri address, X509Certificate2 authority, X509Certificate2? station) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = station is null ? null : [station],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
            },
        },
    });
}
