using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Ktp.Stations.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Security;

public sealed class RenewalTests
{
    [Fact]
    public async Task Renewal_ThatDoesNotProveTheEnrolledKey_ChangesNothing()
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(time: time);
        await server.PutRegionsAsync("53.71.04");
        var (station, other) = (await server.JoinAsync("53.71.04"), await server.JoinAsync("53.71.04"));
        using var key = station.Certificate.GetECDsaPrivateKey()!;
        using var wrong = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var before = await ExpiryAsync(server, station);
        time.Advance(TimeSpan.FromDays(1));

        var nonce = await Renewal.NonceAsync(server.Anonymous, station.Id);
        await RefusedAsync(server, station.Id, nonce, Renewal.Sign(wrong, nonce));
        await RefusedAsync(server, station.Id, nonce, []);
        await RefusedAsync(server, station.Id, nonce, new byte[64]);
        await RefusedAsync(server, other.Id, nonce, Renewal.Sign(key, nonce));
        var foreign = await Renewal.NonceAsync(server.Anonymous, other.Id);
        await RefusedAsync(server, station.Id, foreign, Renewal.Sign(key, foreign));
        var invented = RandomNumberGenerator.GetBytes(32);
        await RefusedAsync(server, station.Id, invented, Renewal.Sign(key, invented));
        var unknown = await Renewal.NonceAsync(server.Anonymous, "53.71.04-9");
        await RefusedAsync(server, "53.71.04-9", unknown, Renewal.Sign(key, unknown));
        var stale = await Renewal.NonceAsync(server.Anonymous, station.Id);
        time.Advance(TimeSpan.FromMinutes(1.1));
        await RefusedAsync(server, station.Id, stale, Renewal.Sign(key, stale));

        Assert.Equal(before, await ExpiryAsync(server, station));
        Assert.Empty(await server.FaultsAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Renewal_ByTheEnrolledKey_GivesALaterCertificateOncePerNonce(Engine engine)
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(engine, time: time);
        await server.PutRegionsAsync("53.71.04");
        var station = await server.JoinAsync("53.71.04");
        var before = await ExpiryAsync(server, station);
        time.Advance(TimeSpan.FromDays(200));
        using var key = station.Certificate.GetECDsaPrivateKey()!;
        var nonce = await Renewal.NonceAsync(server.Anonymous, station.Id);
        var signature = Renewal.Sign(key, nonce);

        using var renewed = X509CertificateLoader.LoadCertificate((await Renewal.SendAsync(server.Anonymous, station.Id, nonce, signature)).Certificate.Span);
        await RefusedAsync(server, station.Id, nonce, signature);

        Assert.InRange(await ExpiryAsync(server, station) - before, TimeSpan.FromDays(200), TimeSpan.FromDays(200.1));
        Assert.Equal(station.Certificate.PublicKey.ExportSubjectPublicKeyInfo(), renewed.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task Renewal_OfWhatIsNoStationId_IsInvalid()
    {
        await using var server = await RunningServer.StartAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => Renewal.NonceAsync(server.Anonymous, "53.71.04"));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    private static async Task RefusedAsync(RunningServer server, string stationId, byte[] nonce, byte[] signature) => Assert.Equal(
        StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => Renewal.SendAsync(server.Anonymous, stationId, nonce, signature))).StatusCode);

    private static async Task<DateTimeOffset> ExpiryAsync(RunningServer server, JoinedStation station) =>
        (await new StationService.StationServiceClient(server.Admin).GetStationAsync(new GetStationRequest { StationId = station.Id })).Station.CertificateNotAfter.ToDateTimeOffset();
}
