using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Printing;
using KtpGrpc.Testing;
using Xunit;
using CardClient = Ktp.Cards.V1.CardService.CardServiceClient;

namespace KtpGrpc.Server.Tests.Cards;

public sealed class SuketTests
{
    private const string Nik = "5371044112900001";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Suket_OfACitizenWithoutACard_IsNumberedAndValidForSixMonths(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine);

        var first = (await IssueAsync(shop.Stock, Nik, SuketCause.NoPrinter)).Suket;
        var second = (await IssueAsync(shop.Stock, "5371040112900002", SuketCause.RecordWaits)).Suket;

        Assert.Equal(("53.71/2017/000001", "53.71/2017/000002", SuketState.Valid), (first.Number, second.Number, first.State));
        Assert.Equal(PrintShop.Opening.AddMonths(6).ToTimestamp(), first.ValidUntil);
        await shop.AdvanceAsync(PrintShop.Opening.AddMonths(6) - PrintShop.Opening);
        Assert.Equal(SuketState.Expired, (await shop.Stock.GetSuketAsync(new GetSuketRequest { Number = first.Number })).Suket.State);
        Assert.Equal("53.71/2017/000003", (await IssueAsync(shop.Stock, Nik, SuketCause.NoPrinter)).Suket.Number);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Suket_ForWantOfBlanks_IsGivenWhenThereAreNone()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 5);
        var station = await shop.JoinAsync(blanks: 5);

        await shop.RefusesAsync(StatusCode.FailedPrecondition, () => IssueAsync(shop.Stock, Nik, SuketCause.NoBlanks));
        await UseAllAsync(shop, station);

        Assert.Equal(SuketCause.NoBlanks, (await IssueAsync(shop.Stock, Nik, SuketCause.NoBlanks)).Suket.Cause);
        await shop.CheckBooksAsync();
    }

    [Fact]
    public async Task Input_ThatDoesNotHold_IsRefused()
    {
        await using var shop = await PrintShop.OpenAsync();
        var officer = new CardClient(shop.Server.Operator("officer", "53.71", Role.Officer));
        var elsewhere = new CardClient(shop.Server.Operator("elsewhere", "53.01", Role.Officer));
        await IssueAsync(officer, Nik, SuketCause.NoPrinter);

        await shop.RefusesAsync(StatusCode.AlreadyExists, () => IssueAsync(officer, Nik, SuketCause.RecordWaits));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => IssueAsync(officer, "537104411290001", SuketCause.NoPrinter));
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => IssueAsync(officer, "5371044112900003", SuketCause.Unspecified));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => IssueAsync(elsewhere, "5371044112900003", SuketCause.NoPrinter));
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => IssueAsync(new CardClient(shop.Server.Operator("stock", "53.71", Role.StockOfficer)), "5371044112900003", SuketCause.NoPrinter));
        await shop.RefusesAsync(StatusCode.NotFound, () => officer.GetSuketAsync(new GetSuketRequest { Number = "53.71/2017/000002" }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.PermissionDenied, () => elsewhere.GetSuketAsync(new GetSuketRequest { Number = "53.71/2017/000001" }).ResponseAsync);
        await shop.CheckBooksAsync();
    }

    private static async Task UseAllAsync(PrintShop shop, PrintStation station)
    {
        for (var card = 0; card < 5; card++)
        {
            await shop.EnqueueAsync();
            var (lease, _) = await station.LeaseAndStartAsync();
            await station.PrintedAsync(lease);
        }
    }

    private static Task<IssueSuketResponse> IssueAsync(CardClient client, string nik, SuketCause cause) => client.IssueSuketAsync(
        new IssueSuketRequest { RequestId = PrintShop.New(), Nik = nik, Name = "Maria", OfficeCode = "53.71", Cause = cause }).ResponseAsync;
}
