using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Health.V1;
using Ktp.Stations.V1;
using KtpGrpc.Testing;
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
        await PassesPromtoolAsync(page);
    }

    [Fact]
    public async Task Promtool_GivenAPageWithAFault_Complains() => await Assert.ThrowsAnyAsync<Exception>(() => PassesPromtoolAsync("# TYPE x counter\nx 1\n"));

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

    private static async Task<string> ReadAsync(RunningServer server)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(server.HttpAddress, "/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task PassesPromtoolAsync(string page)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["page"], page);
        using var promtool = ChildProcess.Start("/bin/sh", ["-c", "/usr/bin/promtool check metrics < \"$0\"", folder["page"]]);
        Assert.True(await promtool.WaitForExitAsync() == 0, $"{promtool}");
    }
}
