using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Testing;
using Xunit;
using static KtpGrpc.Server.Tests.Repairs.Workshop;
using Client = Ktp.Repairs.V1.RepairService.RepairServiceClient;

namespace KtpGrpc.Server.Tests.Repairs;

public sealed class RepairRefusalTests
{
    [Fact]
    public async Task Part_OfTheShelf_IsGoneWithTheRepair_AndWhatIsNotThereIsRefused()
    {
        await using var shop = await OpenAsync();
        await shop.Dispatcher.SetPartsAsync(new SetPartsRequest { RequestId = NewId(), Parts = Sensors(1) });
        var first = await shop.OpenAsync(shop.Kit.Devices[0]);
        var second = await shop.OpenAsync(shop.Kit.Devices[1]);

        await RefusedAsync(StatusCode.FailedPrecondition, "no such part for the kind iris", () => shop.DoAsync(second.RepairId, WorkDone.PartExchanged, partUsed: "sensor"));
        var before = await shop.Dispatcher.ListPartsAsync(new ListPartsRequest { RegionCode = "53.71" });
        await shop.DoAsync(first.RepairId, WorkDone.PartExchanged, partUsed: "sensor");

        Assert.Equal([Sensors(1)], before.Parts);
        Assert.Empty((await shop.Dispatcher.ListPartsAsync(new ListPartsRequest { RegionCode = "53.71" })).Parts);
        Assert.Equal(RepairState.AtWork, (await shop.GetAsync(second.RepairId)).State);
        await shop.VerifyAsync();

        static Parts Sensors(int count) => new() { OfficeCode = "53.71", Kind = DeviceKind.Fingerprint, Part = "sensor", Count = count };
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Dispatchers_WhoOpenARepairOfOneDeviceAtOnce_MakeOne(Engine engine)
    {
        await using var shop = await OpenAsync(engine);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return (await shop.OpenAsync(shop.Kit.Devices[0])).RepairId;
            }
            catch (RpcException refused)
            {
                return $"{refused.StatusCode}: {refused.Status.Detail}";
            }
        }));

        var made = Assert.Single(answers, answer => !answer.Contains(':', StringComparison.Ordinal));
        Assert.All(answers.Where(answer => answer != made), answer => Assert.StartsWith($"AlreadyExists: Repair {made}", answer, StringComparison.Ordinal));
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Request_SentAgain_IsAnsweredAsTheFirstTime()
    {
        await using var shop = await OpenAsync();
        var request = new OpenRepairRequest
        {
            RequestId = "once",
            Device = new StationDevice { StationId = shop.Kit.Id.Value, Kind = DeviceKind.Iris, Serial = shop.Kit.Devices[1].Serial },
            Reason = "Buram",
        };

        var first = await shop.Dispatcher.OpenRepairAsync(request);
        var second = await shop.Dispatcher.OpenRepairAsync(request);

        Assert.Equal(first, second);
        Assert.Single((await shop.Dispatcher.ListRepairsAsync(new ListRepairsRequest { RegionCode = "53.71" })).Repairs);
    }

    [Fact]
    public async Task Steps_OfOthers_AreDenied()
    {
        await using var shop = await OpenAsync(Engine.Sqlite, "53.71.04", "53.72.01");
        var repair = await shop.OpenAsync(shop.Kit.Devices[0]);
        var viewer = new Client(shop.Server.Operator("viewer", "53.71", Role.Viewer));
        var abroad = new Client(shop.Server.Operator("abroad", "53.72", Role.Dispatcher));
        await shop.Dispatcher.AssignRepairAsync(new AssignRepairRequest { RequestId = NewId(), RepairId = repair.RepairId, Technician = TechnicianName });
        var depart = new DepartRepairRequest { RequestId = NewId(), RepairId = repair.RepairId };

        await RefusedAsync(StatusCode.PermissionDenied, "not assigned to operator:technician-2", () => shop.OtherTech.DepartRepairAsync(depart).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, "may not call", () => viewer.DepartRepairAsync(depart).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, "may not call", () => shop.Tech.EscalateRepairAsync(new EscalateRepairRequest()).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, "no right in region", () => abroad.DepartRepairAsync(depart).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, "no right in region", () => abroad.GetRepairAsync(new GetRepairRequest { RepairId = repair.RepairId }).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, "no right in region", () => abroad.SuggestAsync(new SuggestRequest { RegionCode = "53.71" }).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, "no right in region", () => shop.OpenAsync(shop.Kits[1].Devices[0], shop.Kits[1]));
        await shop.Dispatcher.DepartRepairAsync(depart);

        Assert.Equal(RepairState.OnTheWay, (await viewer.GetRepairAsync(new GetRepairRequest { RepairId = repair.RepairId })).Repair.State);
        Assert.Empty((await abroad.ListRepairsAsync(new ListRepairsRequest { RegionCode = "53.72" })).Repairs);
    }

    [Fact]
    public async Task Input_ThatDoesNotHold_IsRefusedAndChangesNothing()
    {
        await using var shop = await OpenAsync();
        var id = (await shop.OpenAsync(shop.Kit.Devices[0])).RepairId;
        var open = new OpenRepairRequest { RequestId = NewId(), Reason = "x" };
        var part = new OrderPartRequest { RequestId = NewId(), RepairId = id, Part = "sensor", Expected = "2016-09-31" };
        var complete = new CompleteRepairRequest { RequestId = NewId(), RepairId = id };

        await RefusedAsync(StatusCode.InvalidArgument, "Neither incident_id nor device", () => shop.Dispatcher.OpenRepairAsync(open).ResponseAsync);
        await RefusedAsync(StatusCode.NotFound, "is not known", () => shop.Dispatcher.OpenRepairAsync(new OpenRepairRequest(open) { IncidentId = "none" }).ResponseAsync);
        await RefusedAsync(StatusCode.NotFound, "has no such iris", () => shop.OpenAsync(Kit.Device(DeviceKind.Iris, "none", "x")));
        await RefusedAsync(StatusCode.InvalidArgument, "is not the kind", () => shop.OpenAsync(Kit.Device((DeviceKind)77, "none", "x")));
        await RefusedAsync(StatusCode.InvalidArgument, "must not hold a NIK", () => shop.Dispatcher.CancelRepairAsync(new CancelRepairRequest { RequestId = NewId(), RepairId = id, Reason = "untuk 5371044101900001" }).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, "September 2016 has 30 days", () => shop.Dispatcher.OrderPartAsync(part).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, "must be 2016-08-01 or later", () => shop.Dispatcher.OrderPartAsync(new OrderPartRequest(part) { Expected = "2016-07-31" }).ResponseAsync);
        await RefusedAsync(StatusCode.NotFound, "No operator of 53.71.04", () => shop.Dispatcher.AssignRepairAsync(new AssignRepairRequest { RequestId = NewId(), RepairId = id, Technician = "nobody" }).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, "done is missing", () => shop.Dispatcher.CompleteRepairAsync(complete).ResponseAsync);
        await RefusedAsync(StatusCode.FailedPrecondition, "is open: the technician must have arrived", () => shop.Dispatcher.CompleteRepairAsync(new CompleteRepairRequest(complete) { Done = WorkDone.Cleaned }).ResponseAsync);
        await RefusedAsync(StatusCode.NotFound, "is not known", () => shop.Dispatcher.GetRepairAsync(new GetRepairRequest { RepairId = "none" }).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, "request_id", () => shop.Dispatcher.CancelRepairAsync(new CancelRepairRequest { RepairId = id, Reason = "x" }).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, "A plan is made for a regency", () => shop.Dispatcher.SuggestAsync(new SuggestRequest { RegionCode = "53.71.04" }).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, "named twice", () => shop.Dispatcher.SuggestAsync(new SuggestRequest { RegionCode = "53.71", Technicians = { Person("a"), Person("a") } }).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, "hours must be", () => shop.Dispatcher.SuggestAsync(new SuggestRequest { RegionCode = "53.71", Technicians = { Person("a", double.NaN) } }).ResponseAsync);

        Assert.Equal(RepairState.Open, (await shop.GetAsync(id)).State);
        await shop.VerifyAsync();

        static Technician Person(string name, double hours = 8) => new() { Name = name, RegionCode = "53.71.04", Hours = hours };
    }

    /// <summary>At 17:00 UTC it is one in the morning in Kupang.</summary>
    [Fact]
    public async Task Part_ExpectedOnTheDayThatIsOverAtTheOffice_IsRefused()
    {
        await using var shop = await OpenAsync();
        var id = (await shop.OpenAsync(shop.Kit.Devices[0])).RepairId;
        await shop.PassAsync(Start.AddHours(17) - shop.Now);
        var part = new OrderPartRequest { RequestId = NewId(), RepairId = id, Part = "sensor", Expected = "2016-08-01" };

        await RefusedAsync(StatusCode.InvalidArgument, "must be 2016-08-02 or later", () => shop.Dispatcher.OrderPartAsync(part).ResponseAsync);
        var ordered = await shop.Dispatcher.OrderPartAsync(new OrderPartRequest(part) { Expected = "2016-08-02" });

        Assert.Equal("2016-08-02", ordered.Repair.PartExpected);
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Incident_ThatIsAboutNoDevice_OpensNoRepair()
    {
        await using var shop = await OpenAsync(Engine.Sqlite, "53.71.04", "53.71.05");
        await shop.ShowAsync(shop.Kit.Devices[1], "burnt");
        var incident = (await shop.IncidentsAsync()).Single(open => open.Kind == IncidentKind.OneKitLeft);

        await RefusedAsync(StatusCode.FailedPrecondition, "is not about a device", () => shop.Dispatcher.OpenRepairAsync(
            new OpenRepairRequest { RequestId = NewId(), IncidentId = incident.IncidentId }).ResponseAsync);
    }
}
