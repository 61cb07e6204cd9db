using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Incidents.V1;
using Ktp.Printing.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class StockTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Jobs_OfAnOfficeWithoutBlanks_AreShownAsHeldAndNothingIsWritten(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 1);
        var station = await shop.JoinAsync(blanks: 1);
        var (first, second, dry) = (await shop.EnqueueAsync(), await shop.EnqueueAsync(), await shop.EnqueueAsync("53.01.01"));
        var held = await shop.EnqueueAsync(held: "review");

        Assert.Equal(new[] { dry.JobId, held.JobId }.Order(), (await ListAsync(shop, "53", JobState.Held)).Select(job => job.JobId).Order());
        Assert.Equal(new[] { first.JobId, second.JobId }.Order(), (await ListAsync(shop, "53", JobState.Ready)).Select(job => job.JobId).Order());
        Assert.Equal((2, 2), await TotalsAsync(shop, "53"));
        var (printed, _) = await station.PrintAsync();
        var left = printed.JobId == first.JobId ? second : first;
        var before = await shop.PictureAsync();

        Assert.Equal(new[] { held.JobId, left.JobId }.Order(), (await ListAsync(shop, "53.71", JobState.Held)).Select(job => job.JobId).Order());
        Assert.Equal(["", "review", "stock"], (await ListAsync(shop, "53.71.04", JobState.Unspecified)).Select(job => job.Reason).Order());
        Assert.Empty(await ListAsync(shop, "", JobState.Ready));
        Assert.Equal((3, 0), await TotalsAsync(shop, ""));
        Assert.Equal((2, 0), await TotalsAsync(shop, "53.71.04"));
        Assert.Equal(before, await shop.PictureAsync());
        await shop.Stock.ReceiveBlanksAsync(new ReceiveBlanksRequest { RequestId = "1", OfficeCode = "53.71", FirstSerial = 5, Count = 1, Counted = 1, Document = "BA-2" });
        Assert.Equal((1, 1), await TotalsAsync(shop, "53.71"));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Jobs_OfAnOfficeWithoutRibbon_AreShownAsHeld()
    {
        await using var shop = await PrintShop.OpenAsync();
        var (one, two) = (await shop.JoinAsync(), await shop.JoinAsync());
        var job = await shop.EnqueueAsync();
        await one.LeaseAsync(ribbon: 0);
        await two.LeaseAsync(ribbon: 0);

        var shown = Assert.Single(await ListAsync(shop, "53.71", JobState.Held));
        Assert.Equal((job.JobId, "ribbon"), (shown.JobId, shown.Reason));
        Assert.Equal((1, 0), await TotalsAsync(shop, "53.71"));
        Assert.Single(await two.LeaseAsync(ribbon: 1));
        Assert.Empty(await ListAsync(shop, "53.71", JobState.Held));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Forecast_OfAnOffice_GoesByTheDaysOnWhichItPrinted(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 30);
        var station = await shop.JoinAsync(blanks: 20);
        for (var i = 0; i < 12; i++)
        {
            await shop.EnqueueAsync();
        }

        await station.PrintAsync();
        await station.PrintAsync();
        await shop.AdvanceAsync(TimeSpan.FromDays(3));
        for (var i = 0; i < 3; i++)
        {
            await station.PrintAsync();
        }

        var (failed, _) = await station.LeaseAndStartAsync();
        await station.FailedAsync(failed, FailureClass.Print);
        var (free, _) = await station.LeaseAndStartAsync();
        await station.FailedAsync(free, FailureClass.NotFed, picked: 7);
        await station.LeaseAsync(ribbon: 96);

        var forecast = Assert.Single((await shop.Officer.GetForecastAsync(new GetForecastRequest { RegionCode = "53" })).Forecasts);

        Assert.Equal(("53.71", 24, 7, 3.0), (forecast.OfficeCode, forecast.Blanks, forecast.Backlog, forecast.BlanksPerDay));
        Assert.Equal(PrintShop.Opening.AddDays(3 + 8), forecast.BlanksOutAt.ToDateTimeOffset());
        Assert.Equal((96, PrintShop.Opening.AddDays(3 + 32)), (forecast.RibbonLeft, forecast.RibbonOutAt.ToDateTimeOffset()));
        Assert.Equal(0, forecast.BlanksShort);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Collection_ForTwoOffices_ServesWhoOwesFirst()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 100);
        await shop.JoinAsync();
        for (var i = 0; i < 4; i++)
        {
            await shop.EnqueueAsync("53.01.01");
            await shop.EnqueueAsync("53.71.05");
        }

        var proposed = await shop.Officer.ProposeCollectionAsync(new ProposeCollectionRequest { RegionCode = "53", Available = 10, Days = 3 });
        var forecasts = (await shop.Officer.GetForecastAsync(new GetForecastRequest { RegionCode = "" })).Forecasts;

        var share = Assert.Single(proposed.Shares);
        Assert.Equal(("53.01", 7, 7, 3.0, 3), (share.OfficeCode, share.Blanks, share.Wanted, share.DaysCovered, proposed.Left));
        Assert.Equal([("53.01", 4L, false), ("53.71", 0L, false)], forecasts.Select(forecast => (forecast.OfficeCode, forecast.BlanksShort, forecast.HasRibbonLeft)));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => shop.Officer.GetForecastAsync(new GetForecastRequest { RegionCode = "53.71.04" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => shop.Officer.ProposeCollectionAsync(new ProposeCollectionRequest { RegionCode = "53", Available = 0, Days = 3 }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => shop.Officer.ProposeCollectionAsync(new ProposeCollectionRequest { RegionCode = "53", Available = 1, Days = 366 }).ResponseAsync);
    }

    [Fact]
    public async Task Stock_ThatDiffers_IsAnIncidentUntilACountFits()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 10);
        Task CountAsync(int first, int last) => shop.Stock.CountStockAsync(new CountStockRequest
        {
            RequestId = PrintShop.New(),
            OfficeCode = "53.71",
            Counted = last - first + 1,
            Present = { new SerialRange { First = first, Last = last } },
        }).ResponseAsync;

        await CountAsync(1, 9);
        Assert.Equal([IncidentKind.StockDiffers], await shop.IncidentsAsync());
        await CountAsync(1, 10);
        Assert.Empty(await shop.IncidentsAsync());
    }

    [Fact]
    public async Task Transfer_ThatArrivedShort_IsAnIncidentUntilTheRestIsFound()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 10);
        var sent = await shop.Stock.SendTransferAsync(new SendTransferRequest
        {
            RequestId = "1",
            FromOfficeCode = "53.71",
            ToOfficeCode = "53.01",
            Document = "BA-2",
            Serials = { new SerialRange { First = 1, Last = 5 } },
        });
        await shop.Stock.ReceiveTransferAsync(new ReceiveTransferRequest
        {
            RequestId = "2",
            TransferId = sent.Transfer.TransferId,
            Counted = 4,
            Arrived = { new SerialRange { First = 1, Last = 4 } },
        });
        Assert.Equal([IncidentKind.StockDiffers], await shop.IncidentsAsync());

        await shop.Stock.CountStockAsync(new CountStockRequest { RequestId = "3", OfficeCode = "53.01", Counted = 5, Present = { new SerialRange { First = 1, Last = 5 } } });

        Assert.Empty(await shop.IncidentsAsync());
    }

    private static async Task<IReadOnlyList<Job>> ListAsync(PrintShop shop, string region, JobState state) =>
        (await shop.Officer.ListJobsAsync(new ListJobsRequest { RegionCode = region, State = state })).Jobs;

    private static async Task<(long Held, long Ready)> TotalsAsync(PrintShop shop, string region)
    {
        var totals = (await shop.Officer.GetTotalsAsync(new GetTotalsRequest { RegionCode = region })).Totals;
        return (totals.Single(total => total.State == JobState.Held).Jobs, totals.Single(total => total.State == JobState.Ready).Jobs);
    }
}
