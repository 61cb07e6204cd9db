using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Coverage.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Enrolment;
using KtpGrpc.Server.Tests.Printing;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Client = Ktp.Coverage.V1.CoverageService.CoverageServiceClient;

namespace KtpGrpc.Server.Tests.Coverage;

public sealed class ServiceTimesTests
{
    private static readonly string[] _tables = ["service_waits", "service_jobs", "service_days", "service_captures"];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Citizens_FromCaptureToCard_AreMeasuredAtTheStationThatRecordedThem(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (desk, printer) = (await shop.Server.JoinAsync("53.71.05"), await shop.JoinAsync());
        var ids = new List<string>();
        for (var citizen = 1; citizen <= 3; citizen++)
        {
            await SendAsync(desk, citizen, PrintShop.Opening.AddHours(-citizen));
            ids.Add(await OweAsync(shop, citizen));
        }

        // Of one who was never recorded here nothing is known but his card.
        await OweAsync(shop, 9);
        await shop.AdvanceAsync(TimeSpan.FromDays(1));
        var leases = await printer.LeaseAsync(4);
        for (var card = 0; card < leases.Count; card++)
        {
            await printer.StartAsync(leases[card], picked: (ulong)(7 + card));
            await printer.PrintedAsync(leases[card], picked: (ulong)(8 + card));
        }

        await shop.AdvanceAsync(TimeSpan.FromDays(1));
        await HandOverAsync(shop, leases.Single(lease => lease.JobId == ids[0]));
        await shop.AdvanceAsync(TimeSpan.FromMinutes(1));

        var told = await new Client(shop.Server.Admin).GetServiceTimesAsync(new GetServiceTimesRequest { RegionCode = "53.71" });
        var station = Assert.Single(told.Stations);
        Assert.Equal((desk.Id, "53.71.05", 3L, 3L, 1L), (station.StationId, station.RegionCode, station.Captures, station.Printed.Citizens, station.HandedOver.Citizens));
        Assert.Equal(1, station.CapturesPerHour, 6);
        Near(TimeSpan.FromHours(26), station.Printed.Median);
        Near(TimeSpan.FromHours(27), station.Printed.P90);
        Near(TimeSpan.FromHours(49), station.HandedOver.Median);
        Assert.Equal(station.Printed, told.Region.Printed);
        Assert.Equal(("53.71", 0L, "2017-02-04", "2017-03-03"), (told.Region.RegionCode, told.Region.Queue, told.FirstDay, told.LastDay));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Tables_FollowedAnewFromTheBeginning_AreTheSame(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (desk, printer) = (await shop.Server.JoinAsync("53.71.05"), await shop.JoinAsync());
        for (var citizen = 1; citizen <= 6; citizen++)
        {
            await SendAsync(desk, citizen, PrintShop.Opening.AddMinutes(-citizen), TimeSpan.FromMinutes(citizen));
            await OweAsync(shop, citizen);
        }

        // One is spoiled and printed again, one handed over, one cancelled, one recorded twice, and the server is restarted in between.
        var first = Assert.Single(await printer.LeaseAsync());
        await printer.StartAsync(first);
        await printer.FailedAsync(first, FailureClass.Print);
        await shop.AdvanceAsync(TimeSpan.FromHours(1));
        await shop.RestartAsync();
        printer = printer.At(shop.Server);
        var second = Assert.Single(await printer.LeaseAsync());
        await printer.StartAsync(second, picked: 8);
        await printer.PrintedAsync(second, picked: 9);
        await HandOverAsync(shop, second);
        var third = Assert.Single(await printer.LeaseAsync());
        await printer.StartAsync(third, picked: 9);
        await printer.PrintedAsync(third, picked: 10);
        await shop.Officer.CancelJobAsync(new CancelJobRequest { RequestId = "cancel", JobId = third.JobId, Reason = "Salah nama" });
        await SendAsync(shop.Server.As(desk.Id, desk.Certificate), 1, PrintShop.Opening);
        var database = shop.Server.Services.GetRequiredService<Database>();
        var before = await PictureAsync();

        await database.WriteAsync(async tx =>
        {
            foreach (var table in _tables)
            {
                await tx.ExecuteAsync($"DELETE FROM {table}");
            }

            await tx.ExecuteAsync("UPDATE followers SET position = 0 WHERE name = $1", ServiceFollower.Name);
        }, CancellationToken.None);
        await shop.RestartAsync();
        database = shop.Server.Services.GetRequiredService<Database>();

        Assert.Equal(before, await PictureAsync());
        Assert.Contains("service_days", before, StringComparison.Ordinal);
        await shop.CheckBooksAsync();

        async Task<string> PictureAsync()
        {
            await shop.Server.Services.GetRequiredService<Followers>().DrainAsync(CancellationToken.None);
            return string.Join('\n', await database.ReadAsync(tx => Rows.OfAsync(tx, _tables), CancellationToken.None));
        }
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Captures_ThatStationsMeasured_AreToldByStationAndProvince(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (desk, slow, silent) = (await shop.Server.JoinAsync("53.71.04"), await shop.Server.JoinAsync("53.71.05"), await shop.Server.JoinAsync("53.71.05"));
        for (var citizen = 1; citizen <= 10; citizen++)
        {
            await SendAsync(desk, citizen, PrintShop.Opening.AddMinutes(-citizen), TimeSpan.FromMinutes(citizen == 10 ? 9 : 4));
        }

        await SendAsync(slow, 11, PrintShop.Opening, TimeSpan.FromMinutes(20));
        await SendAsync(silent, 12, PrintShop.Opening);
        await shop.AdvanceAsync(TimeSpan.FromMinutes(2));
        await shop.AdvanceAsync(TimeSpan.FromMinutes(2));

        var told = await new Client(shop.Server.Admin).GetServiceTimesAsync(new GetServiceTimesRequest { RegionCode = "53.71" });
        Assert.Equal([(desk.Id, 10L), (slow.Id, 1L), (silent.Id, 0L)], told.Stations.Select(station => (station.StationId, station.Captured.Citizens)));
        Near(TimeSpan.FromMinutes(4), told.Stations[0].Captured.Median);
        Near(TimeSpan.FromMinutes(4), told.Stations[0].Captured.P90);
        Near(TimeSpan.FromMinutes(20), told.Stations[1].Captured.Median);
        Assert.Null(told.Stations[2].Captured.Median);
        Assert.Equal((12L, 11L), (told.Region.Captures, told.Region.Captured.Citizens));
        Near(TimeSpan.FromMinutes(9), told.Region.Captured.P90);
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(shop.Server.HttpAddress, "/metrics"));
        Assert.Matches("ktp_service_capture_seconds\\{region=\"53\",share=\"0.9\"\\} 5[0-9]{2}\\.", page);
        Assert.DoesNotContain("ktp_service_seconds{", page);
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-5, false)]
    [InlineData(1, true)]
    [InlineData(4 * 3600, true)]
    [InlineData(4 * 3600 + 1, false)]
    public async Task CaptureDuration_ThatNoCaptureTakes_IsRefused(long seconds, bool isTaken)
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.05");
        var desk = await server.JoinAsync("53.71.05");

        var sending = SendAsync(desk, 1, PrintShop.Opening, TimeSpan.FromSeconds(seconds));

        if (isTaken)
        {
            await sending;
        }
        else
        {
            Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => sending)).StatusCode);
        }

        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task Citizens_HeardOfByTwoServers_CountOnce()
    {
        await using var here = await RunningServer.StartAsync(Engine.Postgres);
        await here.PutRegionsAsync("53.71.05");
        var desk = await here.JoinAsync("53.71.05");
        await using var there = await RunningServer.StartAsync(like: here.Options);
        var alsoThere = there.As(desk.Id, desk.Certificate);

        await Task.WhenAll(Enumerable.Range(1, 40).Select(citizen => SendAsync(citizen % 2 == 0 ? desk : alsoThere, citizen, DateTimeOffset.UnixEpoch)));
        await Task.WhenAll(here.Services.GetRequiredService<Followers>().DrainAsync(CancellationToken.None), there.Services.GetRequiredService<Followers>().DrainAsync(CancellationToken.None));

        var times = await new Client(there.Admin).GetServiceTimesAsync(new GetServiceTimesRequest { RegionCode = "53.71" });
        var span = new GetCoverageRequest { RegionCode = "53.71", FirstDay = times.FirstDay, LastDay = times.LastDay };
        Assert.Equal((40, 40), (times.Region.Captures, (await new Client(here.Admin).GetCoverageAsync(span)).Days.Sum(day => day.Recorded)));
        Assert.Empty(await here.FaultsAsync());
    }

    [Fact]
    public async Task Service_OfWhatHasNoStations_IsRefused()
    {
        await using var shop = await PrintShop.OpenAsync();
        var viewer = new Client(shop.Server.Operator("viewer", "53.71", Role.Viewer));

        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync("53"));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync("53.71", "2016-09-31", "2016-10-01"));
        Assert.Equal(StatusCode.PermissionDenied, await RefusedAsync("53.01"));
        Assert.Equal(StatusCode.NotFound, await RefusedAsync("53.71.09"));
        Assert.Empty((await viewer.GetServiceTimesAsync(new GetServiceTimesRequest { RegionCode = "53.71.04", FirstDay = "2016-09-01", LastDay = "2016-09-30" })).Stations);

        async Task<StatusCode> RefusedAsync(string region, string first = "", string last = "") => (await Assert.ThrowsAsync<RpcException>(async () =>
            await viewer.GetServiceTimesAsync(new GetServiceTimesRequest { RegionCode = region, FirstDay = first, LastDay = last }))).StatusCode;
    }

    private static void Near(TimeSpan expected, Duration told) => Assert.InRange(told.ToTimeSpan() / expected, 0.95, 1.05);

    private static async Task SendAsync(JoinedStation desk, int citizen, DateTimeOffset capturedAt, TimeSpan? took = null)
    {
        var packet = new Sealed(1000, citizen, Nik(citizen));
        (packet.Offer.CapturedAt, packet.Offer.CaptureDuration) = (capturedAt.ToTimestamp(), took?.ToDuration());
        await packet.SendAsync(desk);
    }

    private static async Task<string> OweAsync(PrintShop shop, int citizen) => (await shop.Officer.EnqueueJobAsync(new EnqueueJobRequest
    {
        RequestId = PrintShop.New(),
        Nik = Nik(citizen),
        Name = "Maria",
        IssuanceNumber = 1,
        RegionCode = "53.71.05",
        Priority = JobPriority.FirstTime,
        CardPayload = ByteString.CopyFromUtf8($"card {citizen}"),
    })).Job.JobId;

    private static async Task HandOverAsync(PrintShop shop, Lease lease)
    {
        var blank = await shop.Server.Services.GetRequiredService<Database>().ReadAsync(
            tx => tx.NumberAsync("SELECT blank_serial FROM printing_attempts WHERE job_id = $1 AND epoch = $2", lease.JobId, lease.Epoch), CancellationToken.None);
        await shop.Officer.VerifyCardAsync(new VerifyCardRequest { RequestId = PrintShop.New(), JobId = lease.JobId, ChipUid = PrintStation.Chip, BlankSerial = blank, RecordMatches = true });
        await shop.Officer.HandOverCardAsync(new HandOverCardRequest { RequestId = PrintShop.New(), JobId = lease.JobId });
    }

    private static string Nik(int citizen) => $"537105010190{citizen:0000}";
}
