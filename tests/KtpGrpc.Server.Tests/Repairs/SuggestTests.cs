using Google.Protobuf.WellKnownTypes;
using Ktp.Coverage.V1;
using Ktp.Health.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Testing;
using Xunit;
using Client = Ktp.Repairs.V1.RepairService.RepairServiceClient;

namespace KtpGrpc.Server.Tests.Repairs;

public sealed class SuggestTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Province_WithADarkCityAndANeighbourWithSpares_IsPlannedFromTheTables(Engine engine)
    {
        await using var shop = await Workshop.OpenAsync(engine, "53.71.04", "53.71.05", "53.72.01", "53.72.02", "53.72.03", "53.72.04", "53.71.06");
        var province = new Client(shop.Server.Operator("central", "53", Role.Dispatcher));
        await CountAsync(shop, "53.71.04", obliged: 100_000, recorded: 40_000);
        await CountAsync(shop, "53.71.05", obliged: 90_000, recorded: 10_000);
        await CountAsync(shop, "53.72.01", obliged: 5_000, recorded: 4_990);
        await FailAsync(shop, shop.Kits[0], "burnt", device: 1);
        await FailAsync(shop, shop.Kits[1], "sensor-fault", device: 0);
        await FailAsync(shop, shop.Kits[6], "burnt", device: 2);
        await shop.Dispatcher.SetPartsAsync(new SetPartsRequest
        {
            RequestId = Workshop.NewId(),
            Parts = new Parts { OfficeCode = "53.71", Kind = DeviceKind.Iris, Part = "device", Count = 1 },
        });
        var waiting = await shop.OpenAsync(shop.Kits[6].Devices[2], shop.Kits[6]);
        await shop.Dispatcher.OrderPartAsync(new OrderPartRequest { RequestId = Workshop.NewId(), RepairId = waiting.RepairId, Part = "camera", Expected = "2016-08-20" });

        var request = new SuggestRequest { RegionCode = "53", Technicians = { new Technician { Name = "technician-1", RegionCode = "53.71.04" }, new Technician { Name = "technician-2", RegionCode = "53.72.01" } } };
        var plan = await province.SuggestAsync(request);

        var iris = plan.Steps.Single(step => step.StationId == shop.Kits[0].Id.Value);
        var failing = plan.Steps.Single(step => step.StationId == shop.Kits[1].Id.Value);
        var camera = plan.Steps.Single(step => step.StationId == shop.Kits[6].Id.Value);
        var loan = plan.Steps.First(step => step.Kind == StepKind.Loan);
        Assert.Equal(Enumerable.Range(1, plan.Steps.Count), plan.Steps.Select(step => step.Rank));
        Assert.Equal((1, "technician-1", 1), (iris.Rank, iris.Technician, iris.Turn));
        Assert.Equal([$"iris/{shop.Kits[0].Devices[1].Serial}"], iris.Devices);
        Assert.EndsWith("The part is on the shelf.", iris.Why, StringComparison.Ordinal);
        Assert.Contains("of 140,000 waiting citizens of 53.71", iris.Why, StringComparison.Ordinal);
        Assert.Equal("technician-1", failing.Technician);
        Assert.Equal(("", 0, "2016-08-20", waiting.RepairId), (camera.Technician, camera.Turn, camera.PartExpected, Assert.Single(camera.RepairIds)));
        Assert.True(camera.Citizens < iris.Citizens);
        Assert.Equal("53.71.04", loan.ToRegionCode);
        Assert.StartsWith("53.72", loan.StationId, StringComparison.Ordinal);
        Assert.Equal(plan, await province.SuggestAsync(request));
        await shop.VerifyAsync();
    }

    [Fact]
    public async Task Repair_ThatSomebodyIsAssignedTo_IsNotSuggested()
    {
        await using var shop = await Workshop.OpenAsync(Engine.Sqlite, "53.71.04", "53.71.05");
        await FailAsync(shop, shop.Kits[0], "sensor-fault", device: 1);
        var before = await shop.Dispatcher.SuggestAsync(new SuggestRequest { RegionCode = "53.71" });
        var repair = await shop.OpenAsync(shop.Kit.Devices[1]);
        var open = await shop.Dispatcher.SuggestAsync(new SuggestRequest { RegionCode = "53.71" });

        await shop.Dispatcher.AssignRepairAsync(new AssignRepairRequest { RequestId = Workshop.NewId(), RepairId = repair.RepairId, Technician = Workshop.TechnicianName });

        Assert.Equal("technician", Assert.Single(before.Steps).Technician);
        Assert.Contains("where nobody has counted who waits", before.Steps[0].Why, StringComparison.Ordinal);
        Assert.Equal([repair.RepairId], Assert.Single(open.Steps).RepairIds);
        Assert.Empty((await shop.Dispatcher.SuggestAsync(new SuggestRequest { RegionCode = "53.71" })).Steps);
    }

    private static async Task FailAsync(Workshop shop, Kit kit, string code, int device)
    {
        await kit.TakeAsync(shop.Now, Kit.Sample(kit.Devices[device], shop.Now, code));
        await shop.PassAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task CountAsync(Workshop shop, string district, long obliged, long recorded) => await new CoverageService.CoverageServiceClient(shop.Server.Admin).SetObligedAsync(new SetObligedRequest
    {
        RequestId = Workshop.NewId(),
        RegionCode = district,
        Obliged = obliged,
        RecordedBefore = recorded,
        AsOf = Workshop.Start.ToTimestamp(),
    });
}
