using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Coverage.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Enrolment;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Client = Ktp.Coverage.V1.CoverageService.CoverageServiceClient;

namespace KtpGrpc.Server.Tests.Coverage;

public sealed class CoverageDaysTests
{
    private const string Village = "53.71.05.1002";

    /// <summary>A Monday, ten in the morning in Kupang.</summary>
    private static readonly DateTimeOffset _monday = new(2016, 9, 5, 2, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Citizens_RecordedOnSomeDays_AreToldByDayVillageAndPace(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var coverage = new Client(server.Admin);
        var oebobo = await server.JoinAsync("53.71.04");
        await SetAsync(coverage, "53.71.04", 100);

        await SendAsync(oebobo, 1, _monday);
        await SendAsync(oebobo, 1, _monday.AddMinutes(5));
        await SendAsync(oebobo, 2, _monday, Village);
        await server.AdvanceAsync(_monday.AddDays(2));
        await SendAsync(oebobo, 3, _monday.AddDays(1), Village);
        await SendAsync(oebobo, 4, DateTimeOffset.UnixEpoch);
        await server.AdvanceAsync(_monday.AddDays(3));

        var city = await GetAsync(coverage, "53.71", "2016-09-01", "2016-09-30");
        Assert.Equal([("2016-09-05", 2), ("2016-09-06", 1), ("2016-09-07", 1)], city.Days.Select(day => (day.Day, day.Recorded)));
        Assert.Equal((4, 4 / 3.0), (city.Coverage.Recorded, city.Coverage.Pace));
        Assert.Equal(4 / 3.0, (await GetAsync(coverage, "")).Coverage.Pace);
        var oeboboNow = Assert.Single(city.Below, district => district.RegionCode == "53.71.04");
        Assert.Equal(WorkingDaysLater(96 / (4 / 3.0)), oeboboNow.DaysToCompletion);
        Assert.False(Assert.Single(city.Below, district => district.RegionCode == "53.71.05").HasDaysToCompletion);
        Assert.Equal([(Village, 2L)], (await GetAsync(coverage, "53.71.05")).Below.Select(village => (village.RegionCode, village.Recorded)));
        Assert.Equal([("2016-09-05", 1), ("2016-09-06", 1)], (await GetAsync(coverage, Village, "2016-09-05", "2016-09-06")).Days.Select(day => (day.Day, day.Recorded)));
        Assert.Empty((await GetAsync(coverage, "53.71", "2016-09-08", "2016-09-09")).Days);

        // A month in which nobody was recorded leaves no pace, and no day on which all would be.
        await server.AdvanceAsync(_monday.AddDays(60));
        var dark = (await GetAsync(coverage, "53.71.04")).Coverage;
        Assert.Equal((0, false), (dark.Pace, dark.HasDaysToCompletion));
        Assert.Empty(await server.FaultsAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Days_OfADatabaseWithAPast_AreFilledAsTheJournalTells(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var oebobo = await server.JoinAsync("53.71.04");
        await SendAsync(oebobo, 1, _monday);
        await SendAsync(oebobo, 2, _monday);
        await server.AdvanceAsync(_monday.AddHours(15));
        await SendAsync(oebobo, 3, _monday.AddHours(15));
        await server.AdvanceAsync(_monday.AddHours(16));

        using var file = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream(
            typeof(Database).Assembly.GetManifestResourceNames().Single(name => name.EndsWith("0076.sql", StringComparison.Ordinal)))!);
        var statements = (await file.ReadToEndAsync()).Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        await server.Services.GetRequiredService<Database>().WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("DROP TABLE coverage_days");
            foreach (var statement in statements)
            {
                await tx.ExecuteAsync(statement);
            }
        }, CancellationToken.None);

        Assert.Equal([("2016-09-05", 2), ("2016-09-06", 1)], (await GetAsync(new Client(server.Admin), "53", "2016-09-01", "2016-09-30")).Days.Select(day => (day.Day, day.Recorded)));
        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task Village_OfAnotherRegency_IsRefused()
    {
        await using var server = await StartAsync(Engine.Sqlite);
        var oebobo = await server.JoinAsync("53.71.04");

        Assert.All((string[])["53.72.01.1001", "53.71.04", "53.71.04.100", "Oebobo"], village => Assert.Equal(
            StatusCode.InvalidArgument, Assert.Throws<RpcException>(() => Sealed.Uploads(oebobo).Offer(Offered(1, _monday, village).Offer)).StatusCode));
        Assert.Equal(0, (await GetAsync(new Client(server.Admin), "")).Coverage.Recorded);
    }

    [Theory]
    [InlineData("2016-09-01", "")]
    [InlineData("", "2016-09-01")]
    [InlineData("2016-09-31", "2016-10-01")]
    [InlineData("2016-09-02", "2016-09-01")]
    [InlineData("2016-01-01", "2017-01-01")]
    public async Task Span_ThatIsNone_IsRefused(string first, string last)
    {
        await using var server = await StartAsync(Engine.Sqlite);

        var refused = await Assert.ThrowsAsync<RpcException>(() => GetAsync(new Client(server.Admin), "53.71", first, last));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    private static async Task<RunningServer> StartAsync(Engine engine)
    {
        var server = await RunningServer.StartAsync(engine, _monday);
        await server.PutRegionsAsync("53.71.04", "53.71.05");
        await new StationService.StationServiceClient(server.Admin).PutRegionsAsync(
            new PutRegionsRequest { RequestId = "village", Regions = { new Region { Code = Village, Name = "Naikoten" } } });
        return server;
    }

    private static long WorkingDaysLater(double days) =>
        KtpGrpc.Server.Coverage.WorkingDays.Nth(new DateOnly(2016, 9, 8), (int)Math.Ceiling(days)).DayNumber - new DateOnly(2016, 9, 7).DayNumber;

    private static Sealed Offered(int citizen, DateTimeOffset capturedAt, string village = "")
    {
        var packet = new Sealed(1000, citizen, $"537104010190{citizen:0000}");
        (packet.Offer.CapturedAt, packet.Offer.VillageCode) = (capturedAt.ToTimestamp(), village);
        return packet;
    }

    private static async Task SendAsync(JoinedStation station, int citizen, DateTimeOffset capturedAt, string village = "") => await Offered(citizen, capturedAt, village).SendAsync(station);

    private static async Task SetAsync(Client client, string district, long obliged) => await client.SetObligedAsync(
        new SetObligedRequest { RequestId = Guid.NewGuid().ToString(), RegionCode = district, Obliged = obliged, AsOf = _monday.ToTimestamp() });

    private static async Task<GetCoverageResponse> GetAsync(Client client, string region, string first = "", string last = "") =>
        await client.GetCoverageAsync(new GetCoverageRequest { RegionCode = region, FirstDay = first, LastDay = last });
}
