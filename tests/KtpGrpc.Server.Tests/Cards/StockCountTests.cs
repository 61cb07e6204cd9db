using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Tests.Printing;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Cards;

public sealed class StockCountTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Blanks_ThatACountDoesNotFind_AreMissingUntilOneDoes(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 20);

        var short_ = await CountAsync(shop, 17, (1, 9), (12, 12), (14, 20));
        var again = await CountAsync(shop, 19, (1, 10), (12, 20));

        Assert.Equal([(10, 11), (13, 13)], short_.Missing.Select(range => (range.First, range.Last)));
        Assert.Equal((17, 3), (short_.Balance.Vault, short_.Balance.Missing));
        Assert.Equal([(10, 10), (13, 13)], again.Found.Select(range => (range.First, range.Last)));
        Assert.Empty(again.Missing);
        Assert.Equal((CardState.Missing, CardState.Vault), ((await shop.CardAsync(11)).State, (await shop.CardAsync(13)).State));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Hopper_Emptied_GivesItsBlanksBackToTheVault(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 20);
        var station = await shop.JoinAsync(blanks: 5);

        await shop.RefusesAsync(StatusCode.InvalidArgument, () => UnloadAsync(shop, station.Id, 4));
        var emptied = await UnloadAsync(shop, station.Id, 5);

        Assert.Equal((20, 0), (emptied.Balance.Vault, emptied.Balance.Hopper));
        Assert.Equal((CardState.Vault, ""), (await shop.CardAsync(1) is var card ? card.State : default, card.StationId));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Input_ThatDoesNotHold_IsRefused()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 20);
        await shop.JoinAsync(blanks: 5);

        // 1 to 5 lie in a hopper: whoever counts them in the vault has counted wrongly.
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => CountAsync(shop, 20, (1, 20)));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => CountAsync(shop, 16, (6, 21)));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => CountAsync(shop, 14, (6, 20)));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => CountAsync(shop, 16, (6, 10), (10, 20)));
        await shop.RefusesAsync(StatusCode.NotFound, () => UnloadAsync(shop, "53.71.04-9", 0));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => shop.Stock.ReceiveBlanksAsync(
            new ReceiveBlanksRequest { RequestId = PrintShop.New(), OfficeCode = "53.71", FirstSerial = 100, Count = 20, Counted = 19, Document = "BA-2" }).ResponseAsync);
        await shop.CheckBooksAsync();
    }

    private static Task<CountStockResponse> CountAsync(PrintShop shop, int counted, params (long First, long Last)[] present) => shop.Stock.CountStockAsync(new CountStockRequest
    {
        RequestId = PrintShop.New(),
        OfficeCode = "53.71",
        Present = { present.Select(range => new SerialRange { First = range.First, Last = range.Last }) },
        Counted = counted,
    }).ResponseAsync;

    private static Task<UnloadHopperResponse> UnloadAsync(PrintShop shop, string station, int counted) => shop.Stock.UnloadHopperAsync(
        new UnloadHopperRequest { RequestId = PrintShop.New(), StationId = station, Counted = counted }).ResponseAsync;
}
