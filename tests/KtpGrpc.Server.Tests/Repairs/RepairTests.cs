using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Repairs.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static KtpGrpc.Server.Tests.Repairs.Workshop;

namespace KtpGrpc.Server.Tests.Repairs;

public sealed class RepairTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Repair_FromIncidentToTheDevicesOwnProof_IsVerifiedByTenCaptures(Engine engine)
    {
        await using var shop = await OpenAsync(engine);
        var iris = shop.Kit.Devices[1];
        await shop.ShowAsync(iris, "sensor-dead");
        var incident = (await shop.IncidentsAsync()).Single(open => open.Kind == IncidentKind.DeviceFailed);

        var repair = (await shop.Dispatcher.OpenRepairAsync(new OpenRepairRequest { RequestId = NewId(), IncidentId = incident.IncidentId })).Repair;
        await shop.Dispatcher.OrderPartAsync(new OrderPartRequest { RequestId = NewId(), RepairId = repair.RepairId, Part = "device", Expected = "2016-08-05" });
        await shop.Dispatcher.ReceivePartAsync(new ReceivePartRequest { RequestId = NewId(), RepairId = repair.RepairId });
        var done = await shop.DoAsync(repair.RepairId, WorkDone.DeviceExchanged, "IR-new");
        shop.Kit.Devices[1] = Kit.Device(DeviceKind.Iris, "IR-new", "IR-A");
        await shop.Kit.HelloAsync(shop.Now);
        await shop.WorkAsync(captures: 5);
        await shop.WorkAsync(captures: 9);
        var nearly = await shop.GetAsync(repair.RepairId);
        await shop.WorkAsync(captures: 1);
        var verified = await shop.GetAsync(repair.RepairId);

        Assert.Equal((RepairState.Open, $"iris/{iris.Serial}", incident.IncidentId, incident.Summary), (repair.State, repair.Device, repair.IncidentId, repair.Reason));
        Assert.Equal((RepairState.Verifying, "IR-new", TechnicianName), (done.State, done.ProvingSerial, done.Technician));
        Assert.Equal(RepairState.Verifying, nearly.State);
        Assert.Equal((RepairState.Verified, 0, false), (verified.State, verified.CameBack, verified.Repeat));
        Assert.True(verified.ClosedAt >= verified.CompletedAt);
        Assert.DoesNotContain(await shop.IncidentsAsync(), open => open.Device.Length > 0);
        await shop.VerifyAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Repair_WhoseDeviceFailsAgain_IsOpenAgainAndCounted(Engine engine)
    {
        await using var shop = await OpenAsync(engine);
        var iris = shop.Kit.Devices[1];
        await shop.ShowAsync(iris, "sensor-fault");
        var repair = await shop.OpenAsync(iris);
        await shop.DoAsync(repair.RepairId);
        await shop.ShowAsync(iris);
        await shop.ShowAsync(iris);
        await shop.ShowAsync(iris);
        await shop.WorkAsync();

        await shop.PassAsync(TimeSpan.FromHours(2));
        await shop.ShowAsync(iris, "burnt");
        var back = await shop.GetAsync(repair.RepairId);
        await shop.WorkAsync(captures: 20);
        await shop.WorkAsync(captures: 20);

        Assert.Equal((RepairState.Open, 1, ""), (back.State, back.CameBack, back.Technician));
        Assert.Contains("burnt", back.Note, StringComparison.Ordinal);
        Assert.Equal(RepairState.Open, (await shop.GetAsync(repair.RepairId)).State);
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Device_ThatStillShowsWhatItShowedBefore_IsNeitherProvedNorDisproved_UntilItWorks()
    {
        await using var shop = await OpenAsync();
        var iris = shop.Kit.Devices[1];
        await shop.ShowAsync(iris, "sensor-fault");
        var repair = await shop.OpenAsync(iris);

        await shop.DoAsync(repair.RepairId);
        await shop.ShowAsync(iris, "sensor-fault");
        var still = await shop.GetAsync(repair.RepairId);
        for (var i = 0; i < 5; i++)
        {
            await shop.WorkAsync();
        }

        Assert.Equal(RepairState.Verifying, still.State);
        Assert.Equal(RepairState.Verified, (await shop.GetAsync(repair.RepairId)).State);
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Device_ThatGoesOnFailingItsCaptures_ComesBack()
    {
        await using var shop = await OpenAsync();
        var iris = shop.Kit.Devices[1];
        await shop.Kit.TakeAsync(shop.Now, shop.Kit.Work(iris, shop.Now, failed: 30, ok: 0));
        await shop.PassAsync(TimeSpan.FromMinutes(1));
        var repair = await shop.OpenAsync(iris);

        await shop.DoAsync(repair.RepairId, WorkDone.NothingFound);
        foreach (var failed in (int[])[0, 5, 5])
        {
            await shop.Kit.TakeAsync(shop.Now, shop.Kit.Work(iris, shop.Now, failed, ok: 0));
            await shop.PassAsync(TimeSpan.FromMinutes(10));
        }

        var back = await shop.GetAsync(repair.RepairId);
        Assert.Equal((RepairState.Open, 1), (back.State, back.CameBack));
        await shop.VerifyAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Server_ThatStartsAgainDuringTheProof_ForgetsNoCaptureOfBefore(Engine engine)
    {
        await using var shop = await OpenAsync(engine);
        var repair = await shop.OpenAsync(shop.Kit.Devices[0]);
        await shop.DoAsync(repair.RepairId);
        await shop.WorkAsync();
        await shop.WorkAsync(captures: 6);
        await shop.PassAsync(TimeSpan.FromMinutes(2));

        await shop.RestartAsync();
        await shop.WorkAsync(captures: 3);
        var nearly = await shop.GetAsync(repair.RepairId);
        await shop.WorkAsync(captures: 1);

        Assert.Equal(RepairState.Verifying, nearly.State);
        Assert.Equal(RepairState.Verified, (await shop.GetAsync(repair.RepairId)).State);
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Device_OfAStationThatAnotherServerHears_ProvesItselfThere()
    {
        await using var shop = await OpenAsync(Engine.Postgres);
        await using var second = await RunningServer.StartAsync(like: shop.Server.Options);
        shop.Kit.Server = second;
        await shop.Kit.HelloAsync(shop.Now);
        var repair = await shop.OpenAsync(shop.Kit.Devices[0]);
        await shop.DoAsync(repair.RepairId);
        await shop.PassAsync(TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(() => !second.Services.GetRequiredService<HealthMemory>().FindOrAdd(shop.Kit.Id).Probations.IsEmpty);
        await shop.WorkAsync();

        shop.Kit.Server = shop.Server;
        await shop.Kit.HelloAsync(shop.Now);
        await shop.WorkAsync(captures: 4);
        shop.Kit.Server = second;
        await shop.Kit.HelloAsync(shop.Now);
        await shop.WorkAsync(captures: 6);
        await shop.WorkAsync(captures: 10);

        Assert.Equal(RepairState.Verified, (await shop.GetAsync(repair.RepairId)).State);
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Printer_IsProvedByItsPrints_AndADeskByItsCitizens()
    {
        await using var shop = await OpenAsync();
        var printer = shop.Kit.Devices[3];
        var prints = await shop.OpenAsync(printer);
        var desk = (await shop.Dispatcher.OpenRepairAsync(new OpenRepairRequest
        {
            RequestId = NewId(),
            Device = new StationDevice { StationId = shop.Kit.Id.Value, Kind = DeviceKind.Station },
            Reason = "Silent since Monday",
        })).Repair;
        await shop.DoAsync(prints.RepairId);
        await shop.DoAsync(desk.RepairId);

        await shop.WorkAsync();
        await shop.Kit.TakeAsync(shop.Now, shop.Kit.Work(printer, shop.Now, failed: 0, ok: 10));
        await shop.PassAsync(TimeSpan.FromMinutes(1));
        var (printed, waits) = (await shop.GetAsync(prints.RepairId), await shop.GetAsync(desk.RepairId));
        await shop.WorkAsync(captures: 10);

        Assert.Equal((RepairState.Verified, RepairState.Verifying), (printed.State, waits.State));
        Assert.Equal((RepairState.Verified, $"station/{shop.Kit.Id}"), ((await shop.GetAsync(desk.RepairId)).State, desk.Device));
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Repair_WithinAMonthOfAVerifiedOne_IsARepeat_AndLaterIsNot()
    {
        await using var shop = await OpenAsync();
        await RepairedAsync();
        var closed = shop.Now;

        await shop.PassAsync(closed.AddDays(29) - shop.Now);
        var soon = await shop.OpenAsync(shop.Kit.Devices[0]);
        await shop.Dispatcher.CancelRepairAsync(new CancelRepairRequest { RequestId = NewId(), RepairId = soon.RepairId, Reason = "Salah alat" });
        await shop.PassAsync(TimeSpan.FromDays(2));
        var late = await shop.OpenAsync(shop.Kit.Devices[0]);

        Assert.True(soon.Repeat);
        Assert.False(late.Repeat);
        await shop.VerifyAsync();

        async Task RepairedAsync()
        {
            var repair = await shop.OpenAsync(shop.Kit.Devices[0]);
            await shop.DoAsync(repair.RepairId);
            await shop.WorkAsync();
            await shop.WorkAsync(captures: 10);
            Assert.Equal(RepairState.Verified, (await shop.GetAsync(repair.RepairId)).State);
        }
    }

    [Fact]
    public async Task Repair_ThatNobodyIsAssignedTo_IsTheCentresAfterAFortnight_AndAnyAfterAMonth()
    {
        await using var shop = await OpenAsync();
        var forgotten = await shop.OpenAsync(shop.Kit.Devices[0]);
        var slow = await shop.OpenAsync(shop.Kit.Devices[1]);
        await shop.Dispatcher.AssignRepairAsync(new AssignRepairRequest { RequestId = NewId(), RepairId = slow.RepairId, Technician = TechnicianName });

        await shop.PassAsync(TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1));
        var before = await shop.GetAsync(forgotten.RepairId);
        await shop.PassAsync(TimeSpan.FromMinutes(11));
        var (told, other) = (await shop.GetAsync(forgotten.RepairId), await shop.GetAsync(slow.RepairId));
        await shop.PassAsync(TimeSpan.FromDays(60));
        var (again, late) = (await shop.GetAsync(forgotten.RepairId), await shop.GetAsync(slow.RepairId));

        Assert.Equal((RepairState.Open, RepairState.Escalated, RepairState.Assigned, RepairState.Escalated), (before.State, told.State, other.State, late.State));
        Assert.Equal(told.EscalatedAt, again.EscalatedAt);
        Assert.Equal(("Nobody was assigned for 14 days.", "It is open for 30 days."), (told.Note, late.Note));
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Device_ThatIsNotUsedAfterTheWork_IsNotedAfterFiveWorkingDays()
    {
        await using var shop = await OpenAsync();
        var repair = await shop.OpenAsync(shop.Kit.Devices[0]);
        var done = await shop.DoAsync(repair.RepairId);

        await shop.PassAsync(done.CompletedAt.ToDateTimeOffset().AddDays(6) - shop.Now);
        var sixth = await shop.GetAsync(repair.RepairId);
        await shop.PassAsync(TimeSpan.FromDays(1));

        Assert.Null(sixth.UnprovedSince);
        Assert.Equal(done.CompletedAt.ToDateTimeOffset().AddDays(7), (await shop.GetAsync(repair.RepairId)).UnprovedSince.ToDateTimeOffset());
    }

    [Fact]
    public async Task Station_ThatIsRetired_TakesItsRepairsWithIt()
    {
        await using var shop = await OpenAsync();
        var repair = await shop.OpenAsync(shop.Kit.Devices[0]);
        var proving = await shop.OpenAsync(shop.Kit.Devices[1]);
        await shop.DoAsync(proving.RepairId);

        await new StationService.StationServiceClient(shop.Server.Admin).RetireStationAsync(
            new RetireStationRequest { RequestId = NewId(), StationId = shop.Kit.Id.Value, Reason = "Burnt down" });
        await shop.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((RepairState.Cancelled, RepairState.Cancelled), ((await shop.GetAsync(repair.RepairId)).State, (await shop.GetAsync(proving.RepairId)).State));
        await RefusedAsync(StatusCode.FailedPrecondition, "is retired", () => shop.OpenAsync(shop.Kit.Devices[0]));
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Watcher_SeesWhatIsOpenAndThenEachChange()
    {
        await using var shop = await OpenAsync();
        var repair = await shop.OpenAsync(shop.Kit.Devices[0]);
        using var watch = shop.Dispatcher.WatchRepairs(new WatchRepairsRequest { RegionCode = "53.71" });
        var stream = watch.ResponseStream;

        Assert.True(await stream.MoveNext(CancellationToken.None));
        Assert.Equal(repair.RepairId, stream.Current.Repair.RepairId);
        Assert.True(await stream.MoveNext(CancellationToken.None));
        Assert.True(stream.Current.SnapshotComplete);
        await shop.Dispatcher.CancelRepairAsync(new CancelRepairRequest { RequestId = NewId(), RepairId = repair.RepairId, Reason = "Salah" });
        await shop.PassAsync(TimeSpan.FromMinutes(1));
        do
        {
            Assert.True(await stream.MoveNext(CancellationToken.None));
        }
        while (stream.Current.Repair.State == RepairState.Open);
        Assert.Equal((RepairState.Cancelled, "Salah"), (stream.Current.Repair.State, stream.Current.Repair.Note));
    }

    [Fact]
    public async Task Figures_AfterARestart_AreWhatTheyWere()
    {
        await using var shop = await OpenAsync();
        var repair = await shop.OpenAsync(shop.Kit.Devices[0]);
        await shop.PassAsync(TimeSpan.FromDays(2));
        await shop.DoAsync(repair.RepairId);
        await shop.WorkAsync();
        await shop.WorkAsync(captures: 10);
        await shop.OpenAsync(shop.Kit.Devices[0]);
        await shop.PassAsync(TimeSpan.FromDays(3));
        var verified = await shop.GetAsync(repair.RepairId);
        var seconds = (verified.ClosedAt.ToDateTimeOffset() - verified.OpenedAt.ToDateTimeOffset()).TotalSeconds;

        await shop.RestartAsync();
        using var client = new HttpClient();
        var page = await Eventually.HoldsAsync(() => client.GetStringAsync(new Uri(shop.Server.HttpAddress, "/metrics")), seen => seen.Contains("ktp_repairs_verified_total{", StringComparison.Ordinal));

        Assert.Contains("ktp_repairs_open{state=\"open\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("ktp_repairs_open{state=\"verifying\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("ktp_repairs_verified_total{region=\"53\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("ktp_repairs_repeats_total{region=\"53\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"ktp_repairs_duration_seconds_total{{region=\"53\"}} {seconds}\n", page, StringComparison.Ordinal);
        Assert.Contains("ktp_repairs_oldest_seconds{region=\"53\"} 259200\n", page, StringComparison.Ordinal);
    }
}
