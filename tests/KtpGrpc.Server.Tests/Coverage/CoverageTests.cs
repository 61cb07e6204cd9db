using System.Diagnostics.Metrics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Coverage.V1;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Enrolment;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Client = Ktp.Coverage.V1.CoverageService.CoverageServiceClient;

namespace KtpGrpc.Server.Tests.Coverage;

public sealed class CoverageTests
{
    private static readonly Timestamp _asOf = Timestamp.FromDateTimeOffset(new DateTimeOffset(2016, 9, 30, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Citizens_RecordedHereAndElsewhere_CountOnceAndRollUp(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync("53.71.04", "53.71.05", "53.72.01");
        var coverage = new Client(server.Admin);
        var (oebobo, kotaRaja) = (await server.JoinAsync("53.71.04"), await server.JoinAsync("53.71.05"));
        await SetAsync(coverage, "53.71.04", 100, 40);
        await SetAsync(coverage, "53.72.01", 50, 5);
        await SetAsync(coverage, "53.71.04", 120, 30);

        await new Sealed(1000, 1, "5371041203900001").SendAsync(oebobo);
        await new Sealed(1000, 2, "5371041203900001").SendAsync(oebobo);
        await new Sealed(1000, 3, "5371041203900001").SendAsync(kotaRaja);
        await new Sealed(1000, 4, "5371055203900002").SendAsync(kotaRaja);

        var city = await Eventually.HoldsAsync(async () => await GetAsync(coverage, "53.71"), seen => seen.Coverage.Recorded == 32);
        Assert.Equal([("53.71.04", 120, 31), ("53.71.05", 0, 1)], Told(city.Below));
        Assert.Equal([("53.71", 120, 32), ("53.72", 50, 5)], Told((await GetAsync(coverage, "53")).Below));
        var country = await GetAsync(coverage, "");
        Assert.Equal([("", 170, 37), ("53", 170, 37)], Told([country.Coverage, .. country.Below]));
        Assert.Equal((("53.71.04", 120, 31), 0), (Told([(await GetAsync(coverage, "53.71.04")).Coverage])[0], (await GetAsync(coverage, "53.71.04")).Below.Count));
        await UploadTests.AssertFoldHoldsAsync(server);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Obliged_SetByManyAtOnce_FoldsAsItStands(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await server.PutRegionsAsync("53.71.04");
        var coverage = new Client(server.Admin);

        var answers = await Task.WhenAll(Enumerable.Range(1, 200).Select(obliged => SetAsync(coverage, "53.71.04", obliged, obliged / 2)));

        Assert.Equal(Enumerable.Range(1, 200).Select(obliged => (long)obliged), answers.Select(answer => answer.Obliged));
        var district = (await GetAsync(coverage, "53.71.04")).Coverage;
        Assert.Equal(district.Obliged / 2, district.Recorded);
        Assert.Equal(district.Obliged, (await GetAsync(coverage, "")).Coverage.Obliged);
        await UploadTests.AssertFoldHoldsAsync(server);
    }

    [Fact]
    public async Task Obliged_SetTwiceWithOneRequestId_ChangesOnce()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var coverage = new Client(server.Admin);
        var request = new SetObligedRequest { RequestId = "1", RegionCode = "53.71.04", Obliged = 10, RecordedBefore = 3, AsOf = _asOf };

        var first = await coverage.SetObligedAsync(request);
        var repeated = await coverage.SetObligedAsync(request);

        Assert.Equal(first, repeated);
        Assert.Equal(("53.71.04", 10, 3), Told([first.Coverage])[0]);
    }

    [Fact]
    public async Task Obliged_ThatCannotBe_IsRefusedAndChangesNothing()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04", "53.72.01");
        var admin = new Client(server.Admin);
        var officer = new Client(server.Operator("officer", "53.71", Role.Officer));
        var viewer = new Client(server.Operator("viewer", "53.71", Role.Viewer));
        var anyone = new Client(server.Anonymous);
        await SetAsync(officer, "53.71.04", 10, 3);
        var before = await StateAsync();

        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(officer, "53.71", 10, 3));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(officer, "53.71.4", 10, 3));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(officer, "53.71.04", 10, 11));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(officer, "53.71.04", -1, 0));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(officer, "53.71.04", 10, -1));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(officer, "53.71.04", long.MaxValue, 0));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(officer, "53.71.04", 10, 3, asOf: false));
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(officer, "53.71.09", 10, 3));
        Assert.Equal(StatusCode.PermissionDenied, await RefusedAsync(officer, "53.72.01", 10, 3));
        Assert.Equal(StatusCode.PermissionDenied, await RefusedAsync(viewer, "53.71.04", 10, 3));
        Assert.Equal(StatusCode.Unauthenticated, await RefusedAsync(anyone, "53.71.04", 10, 3));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(admin, "99"))).StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(viewer, "53"))).StatusCode);
        Assert.Equal(before, await StateAsync());

        async Task<string> StateAsync() =>
            $"{await GetAsync(admin, "")} {await GetAsync(admin, "53.71")} {await server.Services.GetRequiredService<Database>().ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM journal"), CancellationToken.None)}";
    }

    [Fact]
    public async Task Figures_OfEachProvince_AreMeasured()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04", "53.72.01", "64.01.01");
        var coverage = new Client(server.Admin);
        await SetAsync(coverage, "53.71.04", 10, 3);
        await SetAsync(coverage, "53.72.01", 20, 4);
        await SetAsync(coverage, "64.01.01", 30, 5);
        var instruments = server.Services.GetRequiredService<CoverageInstruments>();
        await instruments.RefreshAsync(default, CancellationToken.None);

        // Other tests run servers beside this one: only this server's own meter counts.
        var seen = new List<(string Name, string Region, long Value)>();
        var ours = server.Services.GetRequiredService<IMeterFactory>().Create("ktp.coverage");
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (ReferenceEquals(instrument.Meter, ours))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add((instrument.Name, (string)tags[0].Value!, value)));
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(
            [("ktp.coverage.obliged", "53", 30), ("ktp.coverage.obliged", "64", 30), ("ktp.coverage.recorded", "53", 7), ("ktp.coverage.recorded", "64", 5)],
            seen.Order());
    }

    private static async Task<Ktp.Coverage.V1.Coverage> SetAsync(Client client, string district, long obliged, long before) =>
        (await client.SetObligedAsync(new SetObligedRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            RegionCode = district,
            Obliged = obliged,
            RecordedBefore = before,
            AsOf = _asOf,
        })).Coverage;

    private static async Task<StatusCode> RefusedAsync(Client client, string district, long obliged, long before, bool asOf = true) =>
        (await Assert.ThrowsAsync<RpcException>(async () => await client.SetObligedAsync(new SetObligedRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            RegionCode = district,
            Obliged = obliged,
            RecordedBefore = before,
            AsOf = asOf ? _asOf : null,
        }))).StatusCode;

    private static async Task<GetCoverageResponse> GetAsync(Client client, string region) =>
        await client.GetCoverageAsync(new GetCoverageRequest { RegionCode = region });

    private static List<(string Region, long Obliged, long Recorded)> Told(IEnumerable<Ktp.Coverage.V1.Coverage> figures) =>
        [.. figures.Select(figure => (figure.RegionCode, figure.Obliged, figure.Recorded))];
}
