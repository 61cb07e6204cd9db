using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Printing;
using KtpGrpc.Testing;
using Xunit;
using CardClient = Ktp.Cards.V1.CardService.CardServiceClient;

namespace KtpGrpc.Server.Tests.Cards;

public sealed class CardLedgerTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Blanks_ReceivedAndLoaded_LeaveTheVaultLowestFirst(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 5);
        var (first, second) = (await shop.JoinAsync(blanks: 0), await shop.JoinAsync(blanks: 0));
        await ReceiveAsync(shop.Stock, 1_000, 100_000);

        var loaded = await LoadAsync(shop.Stock, first.Id, 3);
        var mine = await LoadAsync(new CardClient(second.Control), second.Id, 4);

        Assert.Equal((3, 4), (loaded.Hopper, mine.Hopper));
        Assert.Equal((CardState.Hopper, first.Id), ((await shop.CardAsync(3)).State, (await shop.CardAsync(3)).StationId));
        Assert.Equal(second.Id, (await shop.CardAsync(1_001)).StationId);
        Assert.Equal((CardState.Vault, ""), ((await shop.CardAsync(1_002)).State, (await shop.CardAsync(1_002)).StationId));
        var balance = await shop.BalanceAsync();
        Assert.Equal((100_005, 99_998, 7), (balance.Received, balance.Vault, balance.Hopper));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Blanks_ReceivedTwiceByTheSameRequest_CountOnce()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 5);
        var request = new ReceiveBlanksRequest { RequestId = "1", OfficeCode = "53.71", FirstSerial = 10, Count = 5, Counted = 5, Document = "BA-2" };

        await shop.Stock.ReceiveBlanksAsync(request);
        var again = await shop.Stock.ReceiveBlanksAsync(request);

        Assert.Equal(10, again.Balance.Received);
        Assert.Equal(10, (await shop.BalanceAsync()).Received);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Input_ThatDoesNotHold_IsRefused(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 5);
        await ReceiveAsync(shop.Stock, 100, 10);
        var station = await shop.JoinAsync(blanks: 0);
        var other = new CardClient((await shop.JoinAsync(blanks: 0)).Control);
        var viewer = new CardClient(shop.Server.Operator("viewer", "53.71", Role.Officer));
        var elsewhere = new CardClient(shop.Server.Operator("elsewhere", "53.01", Role.StockOfficer));

        foreach (var (first, count) in ((long, int)[])[(1, 1), (5, 1), (4, 50), (90, 11), (90, 1000), (109, 1), (102, 2)])
        {
            await shop.RefusesAsync(StatusCode.AlreadyExists, () => ReceiveAsync(shop.Stock, first, count));
        }

        await shop.RefusesAsync(StatusCode.InvalidArgument, () => ReceiveAsync(shop.Stock, 0, 1));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => ReceiveAsync(shop.Stock, 1_000, 0));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => ReceiveAsync(shop.Stock, 1_000, 100_001));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => ReceiveAsync(shop.Stock, long.MaxValue, 2));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => ReceiveAsync(shop.Stock, 1_000, 1, "53.71.04"));
        await shop.RefusesAsync(StatusCode.NotFound, () => ReceiveAsync(shop.Stock, 1_000, 1, "53.72"));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => ReceiveAsync(viewer, 1_000, 1));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => ReceiveAsync(elsewhere, 1_000, 1));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => ReceiveAsync(other, 1_000, 1));
        await shop.RefusesAsync(StatusCode.Unauthenticated, () => ReceiveAsync(new CardClient(shop.Server.Anonymous), 1_000, 1));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => LoadAsync(shop.Stock, station.Id, 16));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => LoadAsync(shop.Stock, station.Id, 0));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => LoadAsync(shop.Stock, "53.71.04", 1));
        await shop.RefusesAsync(StatusCode.NotFound, () => LoadAsync(shop.Stock, "53.71.04-9", 1));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => LoadAsync(other, station.Id, 1));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => LoadAsync(elsewhere, station.Id, 1));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => LoadAsync(viewer, station.Id, 1));
        await shop.RefusesAsync(StatusCode.NotFound, () => shop.CardAsync(77));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.GetCardAsync(new GetCardRequest { Serial = 1 }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.GetBalanceAsync(new GetBalanceRequest { OfficeCode = "53.71" }).ResponseAsync);
        await shop.CheckBooksAsync();
    }

    private static Task<ReceiveBlanksResponse> ReceiveAsync(CardClient client, long first, int count, string office = "53.71") => client.ReceiveBlanksAsync(
        new ReceiveBlanksRequest { RequestId = PrintShop.New(), OfficeCode = office, FirstSerial = first, Count = count, Counted = count, Document = "BA-7" }).ResponseAsync;

    private static Task<LoadHopperResponse> LoadAsync(CardClient client, string station, int count) => client.LoadHopperAsync(
        new LoadHopperRequest { RequestId = PrintShop.New(), StationId = station, Count = count }).ResponseAsync;
}
