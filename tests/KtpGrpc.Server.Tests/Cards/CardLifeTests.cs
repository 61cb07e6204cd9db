using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Journal.V1;
using KtpGrpc.Server.Tests.Printing;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Cards;

public sealed class CardLifeTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Card_FromHandOverToCustody_HasItsFactsAndNoOthers(Engine engine)
    {
        await using var shop = await PrintShop.OpenAsync(engine, blanks: 3_000);
        var station = await shop.JoinAsync(blanks: 5);
        await shop.EnqueueAsync();
        await shop.EnqueueAsync();
        var (lease, blank) = await station.LeaseAndStartAsync();
        await station.PrintedAsync(lease);
        await station.LeaseAndStartAsync();
        await shop.Stock.WithdrawCardAsync(new WithdrawCardRequest { RequestId = "w", OfficeCode = "53.71", Serial = blank, Reason = InvalidReason.Damaged });
        await shop.AdvanceAsync(TimeSpan.FromSeconds(1));

        var life = await KindsAsync(shop, blank);

        Assert.Equal(["cards.blanks-received", "cards.hopper-loaded", "printing.started", "printing.printed", "cards.withdrawn"], life);
        Assert.Equal(["cards.blanks-received"], await KindsAsync(shop, 2_500));
    }

    [Fact]
    public async Task Card_NobodyKnows_HasNoLife()
    {
        await using var shop = await PrintShop.OpenAsync(blanks: 5);

        await shop.RefusesAsync(StatusCode.NotFound, () => shop.Stock.GetCardLifeAsync(new GetCardLifeRequest { Serial = 6 }).ResponseAsync);
        await shop.RefusesAsync(StatusCode.InvalidArgument, () => shop.Stock.GetCardLifeAsync(new GetCardLifeRequest { Serial = -1 }).ResponseAsync);
    }

    private static async Task<List<string>> KindsAsync(PrintShop shop, long serial)
    {
        var positions = (await shop.Stock.GetCardLifeAsync(new GetCardLifeRequest { Serial = serial })).Positions;
        var kinds = new List<string>();
        using var watch = new JournalService.JournalServiceClient(shop.Server.Admin).WatchFacts(new WatchFactsRequest());
        while (kinds.Count < positions.Count && await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            if (watch.ResponseStream.Current.Fact is var fact && positions.Contains(fact.Position))
            {
                kinds.Add(fact.Kind);
            }
        }

        return kinds;
    }
}
