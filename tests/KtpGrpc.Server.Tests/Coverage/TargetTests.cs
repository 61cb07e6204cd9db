using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Coverage.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Enrolment;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Client = Ktp.Coverage.V1.CoverageService.CoverageServiceClient;

namespace KtpGrpc.Server.Tests.Coverage;

public sealed class TargetTests
{
    /// <summary>A Monday, ten in the morning in Kupang.</summary>
    private static readonly DateTimeOffset _monday = new(2016, 9, 5, 2, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Target_OfACity_TellsWhatItTakesAndWhoWillBeMissing(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var client = new Client(server.Admin);
        var oebobo = await server.JoinAsync("53.71.04");
        await SetObligedAsync(client, "53.71.04", 105);
        await SetObligedAsync(client, "53.71.05", 38);
        await new CardService.CardServiceClient(server.Admin).ReceiveBlanksAsync(
            new ReceiveBlanksRequest { RequestId = "blanks", OfficeCode = "53.71", FirstSerial = 1, Count = 10, Counted = 10, Document = "BA-1" });
        for (var citizen = 1; citizen <= 5; citizen++)
        {
            await new Sealed(1000, citizen, $"537104010190{citizen:0000}").SendAsync(oebobo);
        }

        await server.AdvanceAsync(_monday.AddDays(1));
        await SetAsync(client, "", "2016-12-30");
        var set = await SetAsync(client, "53.71", "2016-09-30");

        var told = await client.GetTargetAsync(new GetTargetRequest { RegionCode = "53.71" });
        Assert.Equal(set, told.Target);
        Assert.Equal(("2016-09-30", "53.71", 19, 138), (set.Date, set.SetForRegionCode, set.WorkingDaysLeft, set.Missing));
        Assert.Equal(5, set.Pace, 9);
        Assert.Equal(138 / 19.0, set.PaceNeeded, 9);
        Assert.Equal((43, 95 - 10), (set.Shortfall, set.BlanksShort));
        Assert.Equal([("53.71.04", 100 - 95, 5.0), ("53.71.05", 38, 0.0)], told.Below.Select(district => (district.RegionCode, (int)district.Shortfall, district.Pace)));
        Assert.Equal(["53.71", "53.71"], told.Below.Select(district => district.SetForRegionCode));
        Assert.Equal([("", "2016-12-30"), ("53.71", "2016-09-30")], (await ListAsync(client, "")).Select(target => (target.RegionCode, target.Date)));
        Assert.Empty(await server.FaultsAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Target_ThatIsLifted_LeavesTheOneAbove(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var client = new Client(server.Admin);
        await SetAsync(client, "53", "2016-12-30");
        await SetAsync(client, "53.71.04", "2016-09-30");
        await SetAsync(client, "53.71.04", "2016-10-31");

        var lifted = await SetAsync(client, "53.71.04", "");
        await SetAsync(client, "53.71.04", "");

        Assert.Equal(("53", "2016-12-30"), (lifted.SetForRegionCode, lifted.Date));
        Assert.Null(await SetAsync(client, "53", ""));
        Assert.Empty(await ListAsync(client, ""));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await client.GetTargetAsync(new GetTargetRequest { RegionCode = "53.71" }))).StatusCode);
        Assert.Empty(await server.FaultsAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Targets_SetAndLiftedByManyAtOnce_FoldAsTheyStand(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var client = new Client(server.Admin);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(turn => SetAsync(client, "53.71", turn % 2 == 0 ? $"2017-01-{turn / 2 + 1:00}" : "")));

        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task Targets_OfACountry_ArePagedByCode()
    {
        await using var server = await StartAsync(Engine.Sqlite);
        var client = new Client(server.Admin);
        string[] regions = ["", "53", "53.71", "53.71.04", "53.71.05"];
        foreach (var region in regions)
        {
            await SetAsync(client, region, "2016-12-30");
        }

        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = await client.ListTargetsAsync(new ListTargetsRequest { PageSize = 1, PageToken = token });
            seen.AddRange(page.Targets.Select(target => target.RegionCode));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(regions, seen);
        Assert.Equal(regions[2..], (await ListAsync(client, "53.71")).Select(target => target.RegionCode));
    }

    [Fact]
    public async Task Target_ThatCannotBe_IsRefusedAndChangesNothing()
    {
        await using var server = await StartAsync(Engine.Sqlite);
        var admin = new Client(server.Admin);
        var officer = new Client(server.Operator("officer", "53.71", Role.Officer));
        var viewer = new Client(server.Operator("viewer", "53.71", Role.Viewer));
        await SetAsync(officer, "53.71", "2016-09-05");
        var before = await FactsAsync();

        Assert.Contains("September 2016 has 30 days", (await RefusedAsync(officer, "53.71", "2016-09-31", StatusCode.InvalidArgument)).Detail, StringComparison.Ordinal);
        Assert.Contains("is past: today is 2016-09-05", (await RefusedAsync(officer, "53.71", "2016-09-04", StatusCode.InvalidArgument)).Detail, StringComparison.Ordinal);
        await RefusedAsync(officer, "53.71", "2066-09-06", StatusCode.InvalidArgument);
        await RefusedAsync(officer, "53.71.04.1001", "2016-09-30", StatusCode.InvalidArgument);
        await RefusedAsync(officer, "53.71.4", "2016-09-30", StatusCode.InvalidArgument);
        await RefusedAsync(officer, "53", "2016-09-30", StatusCode.PermissionDenied);
        await RefusedAsync(viewer, "53.71", "2016-09-30", StatusCode.PermissionDenied);
        await RefusedAsync(new Client(server.Anonymous), "53.71", "2016-09-30", StatusCode.Unauthenticated);
        await RefusedAsync(admin, "99", "2016-09-30", StatusCode.NotFound);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => ListAsync(viewer, "53"))).StatusCode);

        Assert.Equal(before, await FactsAsync());

        Task<long> FactsAsync() => server.Services.GetRequiredService<Database>().ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM journal"), CancellationToken.None);
    }

    private static async Task<RunningServer> StartAsync(Engine engine)
    {
        var server = await RunningServer.StartAsync(engine, _monday);
        await server.PutRegionsAsync("53.71.04", "53.71.05");
        return server;
    }

    private static async Task SetObligedAsync(Client client, string district, long obliged) => await client.SetObligedAsync(
        new SetObligedRequest { RequestId = Guid.NewGuid().ToString(), RegionCode = district, Obliged = obliged, AsOf = _monday.ToTimestamp() });

    private static async Task<TargetOutlook> SetAsync(Client client, string region, string date) =>
        (await client.SetTargetAsync(new SetTargetRequest { RequestId = Guid.NewGuid().ToString(), RegionCode = region, Date = date })).Target;

    private static async Task<IReadOnlyList<TargetOutlook>> ListAsync(Client client, string region) =>
        (await client.ListTargetsAsync(new ListTargetsRequest { RegionCode = region })).Targets;

    private static async Task<Status> RefusedAsync(Client client, string region, string date, StatusCode code)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => SetAsync(client, region, date));
        Assert.Equal(code, refused.StatusCode);
        return refused.Status;
    }
}
