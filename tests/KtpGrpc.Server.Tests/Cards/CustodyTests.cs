using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Printing;
using KtpGrpc.Testing;
using Xunit;
using CardClient = Ktp.Cards.V1.CardService.CardServiceClient;

namespace KtpGrpc.Server.Tests.Cards;

public sealed class CustodyTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Cards_SpoiledWithdrawnAndForeign_AreKeptWithTheirReason(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var (spoiled, issued) = (await PrintAsync(shop, FailureClass.Encode), await PrintAsync(shop, null));

        await KeepAsync(shop.Stock, spoiled);
        await WithdrawAsync(shop.Stock, issued, InvalidReason.Corrected);
        var foreign = await WithdrawAsync(shop.Stock, 5_371_000_001, InvalidReason.Moved);

        Assert.True(foreign.Card.IssuedElsewhere);
        var kept = (await shop.Stock.ListCustodyAsync(new ListCustodyRequest { OfficeCode = "53.71" })).Cards;
        Assert.Equal(
            [(spoiled, InvalidReason.Encode), (issued, InvalidReason.Corrected), (5_371_000_001, InvalidReason.Moved)], kept.Select(card => (card.Serial, card.InvalidReason)));
        var balance = await shop.BalanceAsync();
        Assert.Equal((3, 0, 0, 1), (balance.Custody, balance.Issued, balance.Spoiled, balance.IssuedElsewhere));
        await shop.CheckBooksAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Card_OfACitizenWhoMoved_IsKeptWhereItIsTakenBack(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);
        var issued = await PrintAsync(shop, null);

        await WithdrawAsync(shop.Stock, issued, InvalidReason.Moved, "53.01");

        var (gave, took) = (await shop.BalanceAsync(), await shop.BalanceAsync("53.01"));
        Assert.Equal((0, 1, 1, 1), (gave.Issued, gave.TransferredOut, took.TransferredIn, took.Custody));
        Assert.Equal("53.01", (await shop.CardAsync(issued)).OfficeCode);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Custody_OfManyCards_IsListedPageByPage()
    {
        await using var shop = await PrintShop.OpenAsync();
        for (var serial = 2_001; serial <= 2_005; serial++)
        {
            await WithdrawAsync(shop.Stock, serial, InvalidReason.Damaged);
        }

        var first = await shop.Stock.ListCustodyAsync(new ListCustodyRequest { OfficeCode = "53.71", PageSize = 3 });
        var rest = await shop.Stock.ListCustodyAsync(new ListCustodyRequest { OfficeCode = "53.71", PageSize = 3, PageToken = first.NextPageToken });

        Assert.Equal([2_001, 2_002, 2_003, 2_004, 2_005], first.Cards.Concat(rest.Cards).Select(card => card.Serial));
        Assert.Equal("", rest.NextPageToken);
    }

    [Fact]
    public async Task Input_ThatDoesNotHold_IsRefused()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 50);
        var (spoiled, issued) = (await PrintAsync(shop, FailureClass.Print), await PrintAsync(shop, null));
        var officer = new CardClient(shop.Server.Operator("officer", "53.71", Role.Officer));
        var custodian = new CardClient(shop.Server.Operator("custodian", "53.71", Role.Custodian));
        var elsewhere = new CardClient(shop.Server.Operator("elsewhere", "53.01", Role.Custodian, Role.Officer));

        // Still blank, in a hopper or in the vault; spoiled; withdrawn before.
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => WithdrawAsync(officer, 49, InvalidReason.Damaged));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => WithdrawAsync(officer, spoiled, InvalidReason.Damaged));
        await WithdrawAsync(officer, 999, InvalidReason.Damaged);
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => WithdrawAsync(officer, 999, InvalidReason.Damaged));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => WithdrawAsync(officer, issued, InvalidReason.Encode));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => WithdrawAsync(officer, issued, InvalidReason.Unspecified));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => WithdrawAsync(officer, 0, InvalidReason.Damaged));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => officer.WithdrawCardAsync(
            new WithdrawCardRequest { RequestId = PrintShop.New(), OfficeCode = "53.71", Serial = issued, Reason = InvalidReason.Damaged, Note = "NIK 5371040101900001" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => WithdrawAsync(custodian, issued, InvalidReason.Damaged));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => WithdrawAsync(elsewhere, issued, InvalidReason.Damaged));

        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => KeepAsync(custodian, spoiled, issued));
        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => KeepAsync(custodian, 999));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => KeepAsync(custodian, spoiled, spoiled));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => KeepAsync(custodian));
        await shop.RefusesAsync(StatusCode.NotFound, () => KeepAsync(custodian, 12_345));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => KeepAsync(officer, spoiled));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => KeepAsync(elsewhere, spoiled));

        // The serial of a foreign card can never be received as a blank again.
        await shop.RefusesAsync(StatusCode.AlreadyExists, () => shop.Stock.ReceiveBlanksAsync(
            new ReceiveBlanksRequest { RequestId = PrintShop.New(), OfficeCode = "53.71", FirstSerial = 990, Count = 20, Counted = 20, Document = "BA-2" }).ResponseAsync);
        await shop.CheckBooksAsync();
    }

    /// <summary>The serial of a card that a station made, or ruined.</summary>
    private static async Task<long> PrintAsync(PrintShop shop, FailureClass? failure)
    {
        var station = await shop.JoinAsync(blanks: 2);
        await shop.EnqueueAsync();
        var (lease, blank) = await station.LeaseAndStartAsync();
        _ = failure is { } ruined ? await station.FailedAsync(lease, ruined) : await station.PrintedAsync(lease);
        if (failure is not null)
        {
            // What came of the job does not concern the card.
            await shop.Officer.CancelJobAsync(new CancelJobRequest { RequestId = PrintShop.New(), JobId = lease.JobId, Reason = "test" });
        }

        return blank;
    }

    private static Task<WithdrawCardResponse> WithdrawAsync(CardClient client, long serial, InvalidReason reason, string office = "53.71") => client.WithdrawCardAsync(
        new WithdrawCardRequest { RequestId = PrintShop.New(), OfficeCode = office, Serial = serial, Reason = reason, Note = "address" }).ResponseAsync;

    private static Task<TakeIntoCustodyResponse> KeepAsync(CardClient client, params long[] serials) => client.TakeIntoCustodyAsync(
        new TakeIntoCustodyRequest { RequestId = PrintShop.New(), OfficeCode = "53.71", Serials = { serials } }).ResponseAsync;
}
