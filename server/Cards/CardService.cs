using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>The ledger of cards on the wire: blanks in vaults and hoppers, and where every card is.</summary>
internal sealed partial class CardService(
    Database database, OnceOnly once, Vault vault, Transfers transfers, Custody custody, Sukets sukets, CitizenRegister citizens, DomainClock clock)
    : Ktp.Cards.V1.CardService.CardServiceBase
{
    [Right(Role.StockOfficer)]
    public override Task<ReceiveBlanksResponse> ReceiveBlanks(ReceiveBlanksRequest request, ServerCallContext context)
    {
        var (caller, office) = RequireOffice(context, request.OfficeCode);
        var count = Require.Within(request.Count, "count", 1, 100_000);
        if (request.Counted != count)
        {
            throw Refuse.Invalid($"The document says {count} blanks, and {request.Counted} were counted (counted): find the difference before anything is signed.");
        }

        var first = Require.Within(request.FirstSerial, "first_serial", 1, SerialRange.MostSerial - count + 1);
        var document = Require.Text(request.Document, "document", 100);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await vault.ReceiveAsync(tx, now, caller.Actor, office, new SerialRange(first, first + count - 1), document);
            return new ReceiveBlanksResponse { Balance = await BalanceAsync(tx, office) };
        }, context.CancellationToken);
    }

    [Right(Role.StockOfficer, Station = true)]
    public override Task<LoadHopperResponse> LoadHopper(LoadHopperRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var station = StationId.Require(request.StationId);
        if (caller.Kind == CallerKind.Station ? caller.Name != station.Value : !caller.Region.Contains(station.Region.Office))
        {
            throw Refuse.Denied($"{caller.Actor} may not load the hopper of station {station}.");
        }

        var count = Require.Within(request.Count, "count", 1, 1_000);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await vault.LoadAsync(tx, now, caller.Actor, station, count);
            return new LoadHopperResponse { Hopper = (int)await CardStore.CountHopperAsync(tx, station) };
        }, context.CancellationToken);
    }

    [Right(Role.StockOfficer)]
    public override Task<UnloadHopperResponse> UnloadHopper(UnloadHopperRequest request, ServerCallContext context)
    {
        var station = StationId.Require(request.StationId);
        var (caller, office) = RequireOffice(context, station.Region.Office.Value);
        var counted = Require.Within(request.Counted, "counted", 0, 100_000);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await vault.UnloadAsync(tx, now, caller.Actor, station, counted);
            return new UnloadHopperResponse { Balance = await BalanceAsync(tx, office) };
        }, context.CancellationToken);
    }

    [Right(Role.StockOfficer)]
    public override Task<CountStockResponse> CountStock(CountStockRequest request, ServerCallContext context)
    {
        var (caller, office) = RequireOffice(context, request.OfficeCode);
        var present = CardWire.RequireRanges(request.Present, "present", least: 0, request.Counted);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            var counted = await vault.CountAsync(tx, now, caller.Actor, office, present);
            return new CountStockResponse
            {
                Missing = { counted.Missing.Select(CardWire.ToWire) },
                Found = { counted.Found.Select(CardWire.ToWire) },
                Balance = await BalanceAsync(tx, office),
            };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<GetBalanceResponse> GetBalance(GetBalanceRequest request, ServerCallContext context)
    {
        var (_, office) = RequireOffice(context, request.OfficeCode);
        return new GetBalanceResponse
        {
            Balance = await database.ReadAsync(tx => BalanceAsync(tx, office), context.CancellationToken),
            AsOf = clock.Now.ToTimestamp(),
        };
    }

    [Right(Role.Viewer)]
    public override async Task<GetCardResponse> GetCard(GetCardRequest request, ServerCallContext context) =>
        new() { Card = CardWire.ToWire(await RequireCardAsync(request.Serial, context)) };

    [Right(Role.Viewer)]
    public override async Task<GetCardLifeResponse> GetCardLife(GetCardLifeRequest request, ServerCallContext context)
    {
        var card = await RequireCardAsync(request.Serial, context);
        return new GetCardLifeResponse { Positions = { await database.ReadAsync(tx => CardLife.ListAsync(tx, card.Serial), context.CancellationToken) } };
    }

    private static (Caller Caller, RegionCode Office) RequireOffice(ServerCallContext context, string code)
    {
        var caller = Caller.Of(context);
        var office = Require.Office(code);
        caller.RequireRegion(office);
        return (caller, office);
    }

    private async Task<Card> RequireCardAsync(long serial, ServerCallContext context)
    {
        CardWire.RequireSerial(serial);
        var card = await database.ReadAsync(tx => CardStore.FindAsync(tx, serial), context.CancellationToken)
            ?? throw Refuse.NotFound($"Card {serial} is not known: no office received it.");
        Caller.Of(context).RequireRegion(card.Office);
        return card;
    }

    private static async ValueTask<Ktp.Cards.V1.Balance> BalanceAsync(Tx tx, RegionCode office) => CardWire.ToWire(office, await CardStore.GetBalanceAsync(tx, office));
}
