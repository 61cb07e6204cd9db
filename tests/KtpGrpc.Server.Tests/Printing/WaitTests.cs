using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Printing;

public sealed class WaitTests
{
    private const string Metric = "ktp_printing_oldest_ready_seconds";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task OldestReady_OfAnOfficeWithBlanksAndAPrinter_IsTheAgeOfWhatIsNext(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (station, kit) = await JoinAsync(shop, PrintShop.Opening);
        await station.LeaseAsync();
        await shop.EnqueueAsync();
        await shop.EnqueueAsync("53.01.01");
        var second = PrintShop.Opening.AddDays(2);
        await shop.AdvanceAsync(TimeSpan.FromDays(2));
        await kit.BeatAsync(second);
        await shop.EnqueueAsync();
        await shop.AdvanceAsync(TimeSpan.FromDays(6));
        await kit.BeatAsync(second.AddDays(6));
        await shop.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.Equal([$"{Metric}{{region=\"53\"}} {new TimeSpan(8, 0, 2, 0).TotalSeconds}"], await ReadAsync(shop));
        await station.PrintAsync();
        await shop.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal([$"{Metric}{{region=\"53\"}} {new TimeSpan(6, 0, 4, 0).TotalSeconds}"], await ReadAsync(shop));
        await station.PrintAsync();
        await shop.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(await ReadAsync(shop));
        Assert.Empty(await shop.Server.FaultsAsync());
    }

    [Theory]
    [InlineData("drained")]
    [InlineData("failed")]
    [InlineData("ribbon")]
    [InlineData("blanks")]
    public async Task OldestReady_OfAnOfficeThatCannotPrint_IsNotTold(string why)
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 1);
        var (station, kit) = await JoinAsync(shop, PrintShop.Opening, blanks: 1);
        await station.LeaseAsync(ribbon: why == "ribbon" ? 0 : 5);
        await shop.EnqueueAsync();
        await shop.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(why == "ribbon" ? 0 : 1, (await ReadAsync(shop)).Count);
        switch (why)
        {
            case "drained":
                await shop.Officer.DrainPrinterAsync(new DrainPrinterRequest { RequestId = PrintShop.New(), StationId = station.Id, Reason = "rollers" });
                break;
            case "failed":
                await kit.TakeAsync(PrintShop.Opening.AddMinutes(3), Kit.Sample(kit.Devices[3], PrintShop.Opening.AddMinutes(3), "motor-failure"));
                break;
            case "blanks":
                await shop.Stock.UnloadHopperAsync(new UnloadHopperRequest { RequestId = PrintShop.New(), StationId = station.Id, Counted = 1 });
                await shop.Stock.SendTransferAsync(new SendTransferRequest { RequestId = PrintShop.New(), FromOfficeCode = "53.71", ToOfficeCode = "53.01", Serials = { new SerialRange { First = 1, Last = 1 } }, Document = "BA-2" });
                break;
        }

        await shop.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.Empty(await ReadAsync(shop));
        Assert.Empty(await shop.Server.FaultsAsync());
    }

    private static async Task<(PrintStation Station, Kit Kit)> JoinAsync(PrintShop shop, DateTimeOffset now, int blanks = 10)
    {
        var station = await shop.JoinAsync(blanks: blanks);
        var kit = new Kit(shop.Server, station.Id);
        await kit.HelloAsync(now);
        await kit.BeatAsync(now);
        return (station, kit);
    }

    private static async Task<List<string>> ReadAsync(PrintShop shop)
    {
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(shop.Server.HttpAddress, "/metrics"));
        return [.. page.Split('\n').Where(line => line.StartsWith(Metric, StringComparison.Ordinal))];
    }
}
