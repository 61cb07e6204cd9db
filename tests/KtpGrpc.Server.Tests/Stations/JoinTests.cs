using Google.Protobuf;
using Grpc.Core;
using Ktp.Journal.V1;
using Ktp.Stations.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Stations;

public sealed class JoinTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Station_WithAToken_JoinsAndIsKnownByItsCertificate(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync("53.71.04");

        var first = await server.JoinAsync("53.71.04");
        var second = await server.JoinAsync("53.71.04");

        Assert.Equal(("53.71.04-1", "53.71.04-2"), (first.Id, second.Id));
        var self = await new StationService.StationServiceClient(first.Control).GetStationAsync(new GetStationRequest { StationId = first.Id });
        Assert.Equal(StationStanding.Active, self.Station.Standing);
        var verified = await new JournalService.JournalServiceClient(server.Admin).VerifyJournalAsync(new VerifyJournalRequest());
        Assert.Empty(verified.Faults);
        Assert.Equal(3, verified.Entries);
    }

    [Fact]
    public async Task Token_UsedTwice_IsRefused()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var stations = new StationService.StationServiceClient(server.Admin);
        var token = await stations.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = "1", RegionCode = "53.71.04", StationName = "Desk" });
        var join = (byte[] certificateRequest) => stations.JoinAsync(new JoinRequest { Token = token.Token, CertificateRequest = ByteString.CopyFrom(certificateRequest) }).ResponseAsync;
        var mine = SigningRequest();

        var first = await join(mine);
        var repeated = await join(mine);
        var refused = await Assert.ThrowsAsync<RpcException>(() => join(SigningRequest()));

        Assert.Equal(first.StationId, repeated.StationId);
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Single((await stations.ListStationsAsync(new ListStationsRequest { RegionCode = "53.71" })).Stations);
    }

    private static byte[] SigningRequest()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=x", key, System.Security.Cryptography.HashAlgorithmName.SHA256).CreateSigningRequest();
    }
}
