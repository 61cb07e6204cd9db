using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Incidents.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Testing;
using Xunit;
using PrintingClient = Ktp.Printing.V1.PrintingService.PrintingServiceClient;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class PrinterTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Printer_DrainedByAPerson_GetsNothingUntilAPersonPutsItBack(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        await shop.EnqueueAsync();
        await shop.EnqueueAsync();
        var held = Assert.Single(await station.LeaseAsync());

        var drained = await shop.Officer.DrainPrinterAsync(new DrainPrinterRequest { RequestId = "1", StationId = station.Id, Reason = "cleaning" });
        Assert.Equal(("cleaning", null), (drained.Printer.DrainedReason, drained.Printer.DrainedUntil));
        Assert.Empty(await station.LeaseAsync(ribbon: 400, canEncode: true));
        await station.StartAsync(held);
        await station.PrintedAsync(held);
        await shop.AdvanceAsync(TimeSpan.FromDays(30));
        Assert.Empty(await station.LeaseAsync());
        var resumed = await shop.Officer.ResumePrinterAsync(new ResumePrinterRequest { RequestId = "2", StationId = station.Id });

        Assert.Equal("", resumed.Printer.DrainedReason);
        Assert.Single(await station.LeaseAsync());
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Printer_WhoseCodeTellsOfAFault_IsDrainedForAWhileAndTheJobGoesElsewhere(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (station, other) = (await shop.JoinAsync(), await shop.JoinAsync("53.71.05"));
        await shop.EnqueueAsync();
        await shop.EnqueueAsync();
        var (lease, _) = await station.LeaseAndStartAsync();

        Assert.Equal(JobState.Ready, await station.FailedAsync(lease, FailureClass.Feed, code: "media-jam-error"));

        Assert.Empty(await station.LeaseAsync());
        var printer = (await shop.Officer.ListPrintersAsync(new ListPrintersRequest { RegionCode = "53.71" })).Printers.Single(printer => printer.StationId == station.Id);
        Assert.Equal("The printer says media-jam.", printer.DrainedReason);
        Assert.Equal(PrintShop.Opening + TimeSpan.FromMinutes(30), printer.DrainedUntil.ToDateTimeOffset());
        Assert.Equal(lease.JobId, Assert.Single(await other.LeaseAsync()).JobId);
        await shop.AdvanceAsync(TimeSpan.FromMinutes(30));
        Assert.Single(await station.LeaseAsync());
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Printer_WithoutRibbon_ComesBackWithTheLeaseThatTellsOfANewOne()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, _) = await shop.StartAsync();
        await station.FailedAsync(lease, FailureClass.NotFed, picked: 7, code: "marker-supply-empty");

        Assert.Empty(await station.LeaseAsync(ribbon: 0));
        Assert.Empty(await station.LeaseAsync());

        Assert.Single(await station.LeaseAsync(ribbon: 500));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Printer_WithoutBlanks_ComesBackWhenItsHopperWasLoaded()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (station, lease, _) = await shop.StartAsync();
        await station.FailedAsync(lease, FailureClass.NotFed, picked: 7, code: "media-empty");
        Assert.Empty(await station.LeaseAsync());

        await shop.Stock.LoadHopperAsync(new LoadHopperRequest { RequestId = "1", StationId = station.Id, Count = 5 });

        Assert.Single(await station.LeaseAsync());
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Printer_ThatCannotEncodeOrHasNoRibbon_GetsNothing()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        for (var i = 0; i < 4; i++)
        {
            await shop.EnqueueAsync();
        }

        Assert.Empty(await station.LeaseAsync(4, canEncode: false));
        Assert.Empty(await station.LeaseAsync(4, ribbon: 0));
        Assert.Equal(2, (await station.LeaseAsync(4, ribbon: 2)).Count);
        Assert.Empty(await station.LeaseAsync(4, ribbon: 2));
        Assert.Equal(2, (await station.LeaseAsync(4, canEncode: true)).Count);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Printer_ThatSpoilsThreeInARow_IsDrained(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        for (var i = 0; i < 8; i++)
        {
            await shop.EnqueueAsync();
        }

        foreach (var good in new[] { false, false, true, false, false, false })
        {
            var (lease, _) = await station.LeaseAndStartAsync();
            _ = good ? await station.PrintedAsync(lease) : await station.FailedAsync(lease, FailureClass.Print);
        }

        Assert.Empty(await station.LeaseAsync());
        await shop.AdvanceAsync(TimeSpan.FromMinutes(30));
        Assert.Single(await station.LeaseAsync());
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Counter_BeyondOurStarts_IsAnIncidentUntilItIsExplained(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var station = await shop.JoinAsync();
        for (var i = 0; i < 4; i++)
        {
            await shop.EnqueueAsync();
        }

        await PrintAtAsync(station, 7);
        var lost = Assert.Single(await station.LeaseAsync());
        await station.StartAsync(lost, picked: 8);
        await station.LostAsync(lost);
        await PrintAtAsync(station, 9);
        Assert.Equal([IncidentKind.PrintUnknown], await shop.IncidentsAsync());

        await PrintAtAsync(station, 13);

        Assert.Equal([IncidentKind.PrinterCounter, IncidentKind.PrintUnknown], (await shop.IncidentsAsync()).OrderDescending());
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => ExplainAsync(shop, station, 4));
        Assert.Equal(1, (await ExplainAsync(shop, station, 2)).UnexplainedPicks);
        Assert.Equal(2, (await shop.IncidentsAsync()).Count);
        Assert.Equal(0, (await ExplainAsync(shop, station, 1)).UnexplainedPicks);
        Assert.Equal([IncidentKind.PrintUnknown], await shop.IncidentsAsync());
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Counter_ThatWentBack_IsANewBeginning()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        for (var i = 0; i < 3; i++)
        {
            await shop.EnqueueAsync();
        }

        await PrintAtAsync(station, 700);
        await PrintAtAsync(station, 0);
        await PrintAtAsync(station, 1);

        Assert.Empty(await shop.IncidentsAsync());
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Printer_OfAnotherRegion_IsNotTheOfficersToSteer()
    {
        await using var shop = await PrintShop.OpenAsync();
        var station = await shop.JoinAsync();
        var elsewhere = new PrintingClient(shop.Server.Operator("elsewhere", "53.01", Role.Officer));
        var here = new PrintingClient(shop.Server.Operator("here", "53.71", Role.Officer));

        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.DrainPrinterAsync(new DrainPrinterRequest { RequestId = "1", StationId = station.Id, Reason = "x" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.NotFound, () => here.DrainPrinterAsync(new DrainPrinterRequest { RequestId = "1", StationId = "53.71.04-9", Reason = "x" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => here.DrainPrinterAsync(new DrainPrinterRequest { RequestId = "1", StationId = station.Id, Reason = "5371040101900001" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => RegionAsync(here, station, "53"));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => RegionAsync(here, station, ""));
        await shop.RefusesAsync(StatusCode.NotFound, () => RegionAsync(shop.Officer, station, "54"));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => RegionAsync(shop.Officer, station, "53.71.04"));
        Assert.Equal("53", (await RegionAsync(shop.Officer, station, "53")).PrintRegionCode);
        Assert.Equal("53.71", (await RegionAsync(here, station, "53.71")).PrintRegionCode);
        await shop.CheckBooksAsync();
    }

    private static async Task PrintAtAsync(PrintStation station, ulong picked)
    {
        var lease = Assert.Single(await station.LeaseAsync());
        await station.StartAsync(lease, picked: picked);
        await station.PrintedAsync(lease, picked: picked + 1);
    }

    private static async Task<Printer> ExplainAsync(PrintShop shop, PrintStation station, long picks) => (await shop.Officer.ExplainPicksAsync(
        new ExplainPicksRequest { RequestId = PrintShop.New(), StationId = station.Id, Picks = picks, Reason = "test cards" })).Printer;

    private static async Task<Printer> RegionAsync(PrintingClient officer, PrintStation station, string region) => (await officer.SetPrintRegionAsync(
        new SetPrintRegionRequest { RequestId = PrintShop.New(), StationId = station.Id, PrintRegionCode = region })).Printer;
}
