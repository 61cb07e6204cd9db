using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Health.V1;
using Ktp.Stations.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Security;

public sealed class StationCertificateTests
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Certificate_ThatDoesNotHold_OpensNoConnection()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var id = (await server.JoinAsync("53.71.04")).Id;
        using var authority = Certificates.AuthorityOf(server);
        var uri = Certificates.UriOf(id);
        (string Fault, X509Certificate2 Certificate)[] bad =
        [
            ("expired", Certificates.Make(authority, uri, -2 * _day, -_day)),
            ("not yet valid", Certificates.Make(authority, uri, _day, 2 * _day)),
            ("of another authority", Certificates.Make(Certificates.Foreign(server), uri, -_day, _day)),
            ("signed by itself", Certificates.Make(null, uri, -_day, _day)),
            ("for servers only", Certificates.Make(authority, uri, -_day, _day, Certificates.ForServers)),
        ];

        foreach (var (fault, certificate) in bad)
        {
            // Health is open to all: who is refused there did not get through the handshake.
            var refused = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(server.As(id, certificate)));
            Assert.True(refused.StatusCode is StatusCode.Unavailable or StatusCode.Internal, $"{fault}: {refused.StatusCode}");
        }

        await CheckAsync(server.As(id, Certificates.Make(authority, uri, -_day, _day)));
    }

    [Fact]
    public async Task Certificate_OfOurAuthorityThatIsNoKnownStations_IsRefusedByEveryCallThatNeedsOne()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var id = (await server.JoinAsync("53.71.04")).Id;
        using var authority = Certificates.AuthorityOf(server);
        (string? Uri, string Refusal)[] bad =
        [
            (null, "names no station"),
            ("urn:ktp:other:53.71.04-1", "names no station"),
            ("urn:ktp:station:nonsense", "names no station"),
            ("urn:ktp:station:53.71.04", "is not known"),
            (Certificates.UriOf("53.71.04-2"), "is not known"),
            (Certificates.UriOf(id), "joined with another key"),
        ];

        foreach (var (uri, refusal) in bad)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => GetAsync(server.As(id, Certificates.Make(authority, uri, -_day, _day))));
            Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
            Assert.Contains(refusal, refused.Status.Detail);
        }
    }

    [Fact]
    public async Task Station_QuarantinedAndRetiredWhileItCalls_IsRefusedOnItsOpenConnection()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var station = await server.JoinAsync("53.71.04");
        var stations = new StationService.StationServiceClient(server.Admin);
        await GetAsync(station);

        await stations.QuarantineStationAsync(new QuarantineStationRequest { RequestId = "1", StationId = station.Id, Reason = "stolen" });
        var quarantined = await Assert.ThrowsAsync<RpcException>(() => GetAsync(station));
        var renewing = await Assert.ThrowsAsync<RpcException>(() => Renewal.RenewAsync(server.Anonymous, station));
        await stations.QuarantineStationAsync(new QuarantineStationRequest { RequestId = "2", StationId = station.Id, Reason = "found", Lift = true });
        await GetAsync(station);
        await stations.RetireStationAsync(new RetireStationRequest { RequestId = "3", StationId = station.Id, Reason = "burnt" });
        var retired = await Assert.ThrowsAsync<RpcException>(() => GetAsync(station));
        var lifted = await Assert.ThrowsAsync<RpcException>(
            () => stations.QuarantineStationAsync(new QuarantineStationRequest { RequestId = "4", StationId = station.Id, Reason = "back", Lift = true }).ResponseAsync);

        Assert.Equal(
            [StatusCode.Unauthenticated, StatusCode.PermissionDenied, StatusCode.Unauthenticated, StatusCode.FailedPrecondition],
            new[] { quarantined, renewing, retired, lifted }.Select(refusal => refusal.StatusCode));
        Assert.Contains("quarantined", quarantined.Status.Detail);
        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task Station_QuarantinedOnOneServer_IsRefusedByTheOtherWithinFiveSeconds()
    {
        await using var here = await RunningServer.StartAsync(Engine.Postgres);
        await using var there = await RunningServer.StartAsync(like: here.Options);
        await here.PutRegionsAsync("53.71.04");
        var station = await here.JoinAsync("53.71.04");
        var elsewhere = there.As(station.Id, station.Certificate);
        await GetAsync(elsewhere);

        await new StationService.StationServiceClient(here.Admin).QuarantineStationAsync(new QuarantineStationRequest { RequestId = "1", StationId = station.Id, Reason = "stolen" });

        await Eventually.HoldsAsync(async () => (await Record.ExceptionAsync(() => GetAsync(elsewhere)) as RpcException)?.StatusCode == StatusCode.Unauthenticated, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Certificate_ThatExpiresOnAnOpenConnection_OpensNothingUntilItIsRenewed()
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(time: time);
        await server.PutRegionsAsync("53.71.04");
        var station = await server.JoinAsync("53.71.04");
        await GetAsync(station);

        time.Advance(TimeSpan.FromDays(366));
        var onTheOld = await Assert.ThrowsAsync<RpcException>(() => GetAsync(station));
        var onANew = await Assert.ThrowsAsync<RpcException>(() => GetAsync(server.As(station.Id, station.Certificate)));
        var renewed = server.As(station.Id, await Renewal.RenewAsync(server.Anonymous, station));
        await GetAsync(renewed);

        Assert.Equal(StatusCode.Unauthenticated, onTheOld.StatusCode);
        Assert.Contains("expired", onTheOld.Status.Detail);
        Assert.NotEqual(StatusCode.OK, onANew.StatusCode);
        Assert.Empty(await server.FaultsAsync());
    }

    private static Task<HealthCheckResponse> CheckAsync(JoinedStation station) => new global::Grpc.Health.V1.Health.HealthClient(station.Control).CheckAsync(new HealthCheckRequest()).ResponseAsync;

    private static Task<GetStationResponse> GetAsync(JoinedStation station) =>
        new StationService.StationServiceClient(station.Control).GetStationAsync(new GetStationRequest { StationId = station.Id }).ResponseAsync;
}
