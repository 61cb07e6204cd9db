using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Stations.V1;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Stations;

public sealed class StationInputTests
{
    private static readonly string _tooLong = new('x', 501);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Call_ThatDoesNotHold_IsRefusedAndChangesNothing(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync("53.71.04");
        var stations = new StationService.StationServiceClient(server.Admin);
        await stations.PutRegionsAsync(new PutRegionsRequest { RequestId = "village", Regions = { new Region { Code = "53.71.04.1001", Name = "A village" } } });
        var id = (await server.JoinAsync("53.71.04")).Id;
        var before = await PictureAsync(server);
        (StatusCode Status, Func<Task> Call)[] bad =
        [
            (StatusCode.NotFound, () => TokenAsync("53.71.05")),
            (StatusCode.InvalidArgument, () => TokenAsync("53.71.4")),
            (StatusCode.InvalidArgument, () => TokenAsync("53.71")),
            (StatusCode.InvalidArgument, () => TokenAsync("")),
            (StatusCode.InvalidArgument, () => TokenAsync("53.71.04.1001")),
            (StatusCode.InvalidArgument, () => TokenAsync("53.71.04", name: "")),
            (StatusCode.InvalidArgument, () => TokenAsync("53.71.04", name: _tooLong)),
            (StatusCode.InvalidArgument, () => TokenAsync("53.71.04", name: "a\0b")),
            (StatusCode.InvalidArgument, () => TokenAsync("53.71.04", requestId: "")),
            (StatusCode.NotFound, () => stations.GetStationAsync(new GetStationRequest { StationId = "53.71.04-9" }).ResponseAsync),
            (StatusCode.InvalidArgument, () => stations.GetStationAsync(new GetStationRequest { StationId = "53.71.04" }).ResponseAsync),
            (StatusCode.InvalidArgument, () => stations.GetStationAsync(new GetStationRequest { StationId = "53.71.04-01" }).ResponseAsync),
            (StatusCode.InvalidArgument, () => stations.GetStationAsync(new GetStationRequest { StationId = "53.71.04-99999999999" }).ResponseAsync),
            (StatusCode.NotFound, () => RetireAsync("53.71.04-9", "x")),
            (StatusCode.InvalidArgument, () => RetireAsync(id, "")),
            (StatusCode.InvalidArgument, () => RetireAsync(id, _tooLong)),
            (StatusCode.NotFound, () => stations.QuarantineStationAsync(new QuarantineStationRequest { RequestId = "q", StationId = "53.71.04-9", Reason = "x" }).ResponseAsync),
            (StatusCode.NotFound, () => MaintainAsync("53.71.04-9", TimeSpan.FromDays(1))),
            (StatusCode.InvalidArgument, () => MaintainAsync(id, TimeSpan.FromDays(30.1))),
            (StatusCode.InvalidArgument, () => stations.SetMaintenanceAsync(new SetMaintenanceRequest { RequestId = "m", StationId = id, Until = new Timestamp { Seconds = long.MaxValue } }).ResponseAsync),
            (StatusCode.InvalidArgument, () => PutAsync()),
            (StatusCode.NotFound, () => PutAsync("54.01")),
            (StatusCode.NotFound, () => PutAsync("53.72.01.1001", "53.72")),
            (StatusCode.InvalidArgument, () => PutAsync("53.72", "5x")),
            (StatusCode.InvalidArgument, () => PutAsync([.. Enumerable.Range(0, 10_001).Select(_ => "53.72")])),
            (StatusCode.InvalidArgument, () => stations.PutRegionsAsync(new PutRegionsRequest { RequestId = "p", Regions = { new Region { Code = "53.72", Name = " " } } }).ResponseAsync),
            (StatusCode.InvalidArgument, () => stations.ListStationsAsync(new ListStationsRequest { PageSize = 1001 }).ResponseAsync),
            (StatusCode.InvalidArgument, () => stations.ListStationsAsync(new ListStationsRequest { RegionCode = "5" }).ResponseAsync),
            (StatusCode.InvalidArgument, () => stations.ListRegionsAsync(new ListRegionsRequest { PageToken = "?" }).ResponseAsync),
        ];

        foreach (var (i, (status, call)) in bad.Index())
        {
            var refused = await Record.ExceptionAsync(call) as RpcException;
            Assert.True(refused?.StatusCode == status, $"Call {i}: {refused?.Status}");
        }

        Assert.Equal(before, await PictureAsync(server));
        Assert.Empty(await server.FaultsAsync());

        Task TokenAsync(string region, string name = "Desk", string requestId = "t") =>
            stations.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = requestId, RegionCode = region, StationName = name }).ResponseAsync;
        Task RetireAsync(string station, string reason) => stations.RetireStationAsync(new RetireStationRequest { RequestId = "r", StationId = station, Reason = reason }).ResponseAsync;
        Task MaintainAsync(string station, TimeSpan ahead) => stations.SetMaintenanceAsync(
            new SetMaintenanceRequest { RequestId = "m", StationId = station, Until = (TimeProvider.System.GetUtcNow() + ahead).ToTimestamp() }).ResponseAsync;
        Task PutAsync(params string[] codes) => stations.PutRegionsAsync(
            new PutRegionsRequest { RequestId = "p", Regions = { codes.Select(code => new Region { Code = code, Name = "x" }) } }).ResponseAsync;
    }

    [Fact]
    public async Task Join_ThatDoesNotHold_IsRefusedAndChangesNothing()
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(time: time);
        await server.PutRegionsAsync("53.71.04");
        var stations = new StationService.StationServiceClient(server.Admin);
        var old = await TokenAsync("old");
        time.Advance(TimeSpan.FromMinutes(10.1));
        var token = await TokenAsync("fresh");
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var good = new CertificateRequest("CN=x", p256, HashAlgorithmName.SHA256).CreateSigningRequest();
        var forged = (byte[])[.. good[..^1], (byte)(good[^1] ^ 1)];
        var before = await PictureAsync(server);
        (StatusCode Status, string Token, byte[] Request)[] bad =
        [
            (StatusCode.Unauthenticated, old, good),
            (StatusCode.Unauthenticated, "", good),
            (StatusCode.Unauthenticated, "ktp1.AAAA.AAAA", good),
            (StatusCode.Unauthenticated, "ktp1.???.AAAA", good),
            (StatusCode.Unauthenticated, new string('x', 300), good),
            (StatusCode.Unauthenticated, token.Replace("ktp1", "ktp2"), good),
            (StatusCode.InvalidArgument, token, []),
            (StatusCode.InvalidArgument, token, RandomNumberGenerator.GetBytes(300)),
            (StatusCode.InvalidArgument, token, [.. good, 0]),
            (StatusCode.InvalidArgument, token, forged),
            (StatusCode.InvalidArgument, token, new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest()),
            (StatusCode.InvalidArgument, token, new CertificateRequest("CN=x", p384, HashAlgorithmName.SHA384).CreateSigningRequest()),
        ];

        foreach (var (i, (status, with, request)) in bad.Index())
        {
            var refused = await Record.ExceptionAsync(() => JoinAsync(with, request)) as RpcException;
            Assert.True(refused?.StatusCode == status, $"Call {i}: {refused?.Status}");
        }

        Assert.Equal(before, await PictureAsync(server));
        Assert.Equal("53.71.04-1", (await JoinAsync(token, good)).StationId);
        Assert.Empty(await server.FaultsAsync());

        async Task<string> TokenAsync(string requestId) => (await stations.CreateJoinTokenAsync(
            new CreateJoinTokenRequest { RequestId = requestId, RegionCode = "53.71.04", StationName = "Desk" })).Token;
        Task<JoinResponse> JoinAsync(string with, byte[] request) =>
            new StationService.StationServiceClient(server.Anonymous).JoinAsync(new JoinRequest { Token = with, CertificateRequest = ByteString.CopyFrom(request) }).ResponseAsync;
    }

    [Fact]
    public async Task Maintenance_UpToThirtyDaysAhead_IsSetAndEnded()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var id = (await server.JoinAsync("53.71.04")).Id;
        var stations = new StationService.StationServiceClient(server.Admin);
        var until = TimeProvider.System.GetUtcNow().AddDays(30);
        until = until.AddTicks(-(until.Ticks % TimeSpan.TicksPerMillisecond));

        var set = await stations.SetMaintenanceAsync(new SetMaintenanceRequest { RequestId = "1", StationId = id, Until = until.ToTimestamp() });
        var seen = await stations.GetStationAsync(new GetStationRequest { StationId = id });
        var ended = await stations.SetMaintenanceAsync(new SetMaintenanceRequest { RequestId = "2", StationId = id });

        Assert.Equal((until, until), (set.Station.MaintenanceUntil.ToDateTimeOffset(), seen.Station.MaintenanceUntil.ToDateTimeOffset()));
        Assert.Null(ended.Station.MaintenanceUntil);
        Assert.Empty(await server.FaultsAsync());
    }

    /// <summary>How much there is of all that a call may change.</summary>
    private static Task<string> PictureAsync(RunningServer server) => server.Services.GetRequiredService<Database>().ReadAsync(async tx =>
    {
        var counts = new List<string>();
        foreach (var table in (string[])["journal", "regions", "stations", "join_tokens", "requests"])
        {
            counts.Add($"{table} {await tx.NumberAsync($"SELECT COUNT(*) FROM {table}")}");
        }

        return string.Join(", ", counts);
    }, CancellationToken.None);
}
