using System.Net;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf.WellKnownTypes;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Health.V1;
using Ktp.Coverage.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Destruction;
using KtpGrpc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Metrics;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Page_AfterCallsOfAllKinds_PassesPromtool()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var station = await server.JoinAsync("53.71.04");
        await new global::Grpc.Health.V1.Health.HealthClient(station.Upload).CheckAsync(new HealthCheckRequest());
        await Assert.ThrowsAsync<RpcException>(() => new StationService.StationServiceClient(server.Admin).GetStationAsync(new GetStationRequest { StationId = "x" }).ResponseAsync);

        var page = await ReadAsync(server);

        Assert.Contains("ktp_rpc_calls_total{method=\"ktp.stations.v1.StationService/GetStation\",status=\"InvalidArgument\"} 1\n", page);
        Assert.Contains("ktp_rpc_calls_total{method=\"grpc.health.v1.Health/Check\",status=\"OK\"} 1\n", page);
        Assert.Contains("ktp_rpc_duration_seconds_count{method=\"ktp.stations.v1.StationService/Join\"} 1\n", page);
        Assert.Contains("ktp_build_info{version=", page);
        Assert.Contains("dotnet_process_memory_working_set_bytes ", page);
        Assert.Contains("kestrel_tls_handshake_duration_seconds_count{", page);
        await Promtool.PassesAsync(page);
    }

    [Fact]
    public async Task Page_OfAFreshServer_HasTheCountersThatAlertsWatch()
    {
        await using var server = await RunningServer.StartAsync();

        var page = await ReadAsync(server);

        string[] wanted =
        [
            "ktp_enrolment_refusals_total{reason=\"disk_full\"} 0", "ktp_enrolment_refusals_total{reason=\"duplicate\"} 0", "ktp_enrolment_packets_total 0",
            "ktp_printing_attempts_total{outcome=\"missing\"} 0", "ktp_printing_refused_total{reason=\"stale\"} 0", "ktp_printing_returns_total{cause=\"expired\"} 0",
            "ktp_session_opened_total 0", "ktp_session_messages_refused_total 0", "ktp_session_open 0",
            "ktp_health_samples_total 0", "ktp_health_samples_refused_total 0",
            "ktp_incidents_open{kind=\"no_kit_left\",severity=\"critical\"} 0",
            "ktp_repairs_open{state=\"waiting_for_part\"} 0",
        ];
        Assert.All(wanted, line => Assert.Contains(line + "\n", page));
    }

    [Fact]
    public async Task Page_OfAWholeCountryWhoseEveryCallWasUsed_StaysUnderTwoThousandSeries()
    {
        const int Provinces = 38;
        const int Regencies = 514;
        const int States = 5;
        await using var server = await RunningServer.StartAsync();
        var districts = Enumerable.Range(0, Regencies).Select(regency => $"{11 + regency % Provinces}.{1 + regency / Provinces:00}.01").ToArray();
        await server.PutRegionsAsync(districts);
        await Parallel.ForEachAsync(districts, async (district, cancellation) =>
        {
            await server.JoinAsync(district);
            await new Ktp.Coverage.V1.CoverageService.CoverageServiceClient(server.Admin).SetObligedAsync(new SetObligedRequest
            {
                RequestId = district,
                RegionCode = district,
                Obliged = 2,
                RecordedBefore = 1,
                AsOf = DateTimeOffset.UnixEpoch.ToTimestamp(),
            }, cancellationToken: cancellation);
        });
        await UseEveryCallAsync(server);
        await server.Services.GetRequiredService<CoverageInstruments>().RefreshAsync(default, CancellationToken.None);
        await server.Services.GetRequiredService<DestructionInstruments>().RefreshAsync(default, CancellationToken.None);
        var page = await Eventually.HoldsAsync(() => ReadAsync(server), seen => CountSeries(seen, "ktp_incidents_working_stations{") == Regencies);

        Assert.Equal(2 * Provinces, CountSeries(page, "ktp_coverage_"));
        Assert.Equal(12, CountSeries(page, "ktp_destruction_"));
        Assert.Equal(0, CountSeries(page, "ktp_health_conditions{"));
        Assert.InRange(CountSeries(page, "") + Provinces * States, Regencies, 1999);
    }

    [Fact]
    public async Task Promtool_GivenAPageWithAFault_Complains() => await Assert.ThrowsAnyAsync<Exception>(() => Promtool.PassesAsync("# TYPE x counter\nx 1\n"));

    [Fact]
    public async Task Page_OfOneServerOfTwo_ShowsItsOwnCallsOnly()
    {
        await using var busy = await RunningServer.StartAsync();
        await using var idle = await RunningServer.StartAsync();
        await new global::Grpc.Health.V1.Health.HealthClient(busy.Anonymous).CheckAsync(new HealthCheckRequest());

        Assert.Contains("grpc.health.v1.Health/Check", await ReadAsync(busy));
        Assert.DoesNotContain("grpc.health.v1.Health/Check", await ReadAsync(idle));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/metrics/stations?region=53")]
    [InlineData("/")]
    public async Task PlainPage_AskedForOverTls_IsNotThere(string path)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { server.Authority }, RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.ControlAddress, path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task FrontPage_OnPlainHttp_TellsWhereToLookAndNothingElseIsThere()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = new HttpClient();

        var front = await client.GetStringAsync(server.HttpAddress);
        using var other = await client.GetAsync(new Uri(server.HttpAddress, "/admin"));

        Assert.Contains("KtpGrpc server 0.1.0", front);
        Assert.Contains("/metrics", front);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    /// <summary>Every method refuses somebody; the unary ones take an empty request from the admin as well.</summary>
    private static async Task UseEveryCallAsync(RunningServer server)
    {
        var raw = Marshallers.Create(bytes => bytes, bytes => bytes);
        var methods = server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method).OfType<IMethod>().DistinctBy(method => method.FullName);
        foreach (var method in methods)
        {
            foreach (var caller in method.Type == MethodType.Unary ? [server.Anonymous, server.Admin] : new[] { server.Anonymous })
            {
                // A watch that is open to all would never end.
                var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(method.Type == MethodType.Unary ? 30 : 1);
                try
                {
                    await caller.AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, method.ServiceName, method.Name, raw, raw), null, new CallOptions(deadline: deadline), []).ResponseAsync;
                }
                catch (RpcException)
                {
                    // What it answers is not of interest; that it was counted is.
                }
            }
        }
    }

    private static int CountSeries(string page, string start) =>
        page.Split('\n').Count(line => line.Length > 0 && line[0] != '#' && line.StartsWith(start, StringComparison.Ordinal));

    private static async Task<string> ReadAsync(RunningServer server)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(server.HttpAddress, "/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync();
    }
}
