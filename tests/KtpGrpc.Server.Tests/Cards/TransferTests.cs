using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Printing;
using KtpGrpc.Testing;
using Xunit;
using CardClient = Ktp.Cards.V1.CardService.CardServiceClient;

namespace KtpGrpc.Server.Tests.Cards;

/// <summary>Blanks between the offices 53.71, which has some, and 53.01.</summary>
public sealed class TransferTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Transfer_SentAndReceived_IsInBothBooks(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 100);

        var sent = (await SendAsync(shop.Stock, (11, 20), (31, 31))).Transfer;
        var (sender, during, blank) = (await shop.BalanceAsync(), await shop.BalanceAsync("53.01"), await shop.CardAsync(11));
        var received = await ReceiveAsync(shop.Stock, sent.TransferId, (31, 31), (11, 20));

        Assert.Equal((11, 0, null), (sent.Count, sent.Arrived, sent.ReceivedAt));
        Assert.Equal((89, 11, 0), (sender.Vault, sender.TransferredOut, during.TransferredIn));
        Assert.Equal((CardState.InTransit, "53.71", sent.TransferId), (blank.State, blank.OfficeCode, blank.TransferId));
        Assert.Equal((11, 0), (received.Transfer.Arrived, received.Missing.Count));
        Assert.Equal((11, 11, 0), (await shop.BalanceAsync("53.01") is var there ? there.Vault : 0, there.TransferredIn, there.Missing));
        Assert.Equal((CardState.Vault, "53.01"), (await shop.CardAsync(31) is var card ? card.State : default, card.OfficeCode));
        Assert.Equal([sent.TransferId], (await shop.Stock.ListTransfersAsync(new ListTransfersRequest { OfficeCode = "53.01" })).Transfers.Select(transfer => transfer.TransferId));
        Assert.Empty((await shop.Stock.ListTransfersAsync(new ListTransfersRequest { OfficeCode = "53.71", InTransitOnly = true })).Transfers);
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Blanks_ThatFellOffTheLorry_AreMissingInTheReceiversBooks(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 100);
        var sent = (await SendAsync(shop.Stock, (1, 50))).Transfer;

        var received = await ReceiveAsync(shop.Stock, sent.TransferId, (1, 19), (30, 50));

        Assert.Equal([(20, 29)], received.Missing.Select(range => (range.First, range.Last)));
        var there = await shop.BalanceAsync("53.01");
        Assert.Equal((50, 40, 10), (there.TransferredIn, there.Vault, there.Missing));
        Assert.Equal((CardState.Missing, "53.01"), (await shop.CardAsync(25) is var card ? card.State : default, card.OfficeCode));
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Transfer_RepeatedByTheSameRequest_IsOne()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 100);
        var request = new SendTransferRequest { RequestId = "1", FromOfficeCode = "53.71", ToOfficeCode = "53.01", Document = "BA-9", Serials = { Range((1, 10)) } };

        var first = await shop.Stock.SendTransferAsync(request);
        var again = await shop.Stock.SendTransferAsync(request);

        Assert.Equal(first, again);
        Assert.Equal(10, (await shop.BalanceAsync()).TransferredOut);
    }

    [Fact]
    public async Task Input_ThatDoesNotHold_IsRefused()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 100);
        var sent = (await SendAsync(shop.Stock, (1, 10))).Transfer.TransferId;
        var sender = new CardClient(shop.Server.Operator("sender", "53.71", Role.StockOfficer));
        var station = await shop.JoinAsync(blanks: 0);

        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => SendAsync(shop.Stock, (10, 11)));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => SendAsync(shop.Stock, (100, 101)));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => SendAsync(shop.Stock, (20, 30), (30, 40)));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => SendAsync(shop.Stock, (30, 20)));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => SendAsync(shop.Stock));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => SendAsync(shop.Stock, "53.71", (20, 21)));
        await shop.RefusesAsync(StatusCode.NotFound, () => SendAsync(shop.Stock, "53.99", (20, 21)));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => ReceiveAsync(sender, sent, (1, 10)));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => SendAsync(new CardClient(station.Control), (20, 21)));
        await shop.RefusesAsync(StatusCode.NotFound, () => ReceiveAsync(shop.Stock, "0123456789abcdef0123456789abcdef", (1, 10)));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => ReceiveAsync(shop.Stock, sent, (1, 11)));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => shop.Stock.ReceiveTransferAsync(
            new ReceiveTransferRequest { RequestId = PrintShop.New(), TransferId = sent, Arrived = { Range((1, 10)) }, Counted = 9 }).ResponseAsync);

        // A blank of a transfer that nobody received is in no vault.
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => shop.Stock.LoadHopperAsync(new LoadHopperRequest { RequestId = PrintShop.New(), StationId = station.Id, Count = 91 }).ResponseAsync);
        await ReceiveAsync(shop.Stock, sent, (1, 10));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => ReceiveAsync(shop.Stock, sent, (1, 10)));
        await shop.CheckBooksAsync();
    }

    private static Task<SendTransferResponse> SendAsync(CardClient client, params (long First, long Last)[] serials) => SendAsync(client, "53.01", serials);

    private static Task<SendTransferResponse> SendAsync(CardClient client, string to, params (long First, long Last)[] serials) => client.SendTransferAsync(
        new SendTransferRequest { RequestId = PrintShop.New(), FromOfficeCode = "53.71", ToOfficeCode = to, Document = "BA-9", Serials = { Range(serials) } }).ResponseAsync;

    private static Task<ReceiveTransferResponse> ReceiveAsync(CardClient client, string id, params (long First, long Last)[] arrived) => client.ReceiveTransferAsync(
        new ReceiveTransferRequest { RequestId = PrintShop.New(), TransferId = id, Arrived = { Range(arrived) }, Counted = (int)arrived.Sum(range => range.Last - range.First + 1) }).ResponseAsync;

    private static IEnumerable<SerialRange> Range(params (long First, long Last)[] ranges) => ranges.Select(range => new SerialRange { First = range.First, Last = range.Last });
}
