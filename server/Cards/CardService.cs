using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>The ledger of blanks on the wire.</summary>
internal sealed class CardService(Database database, OnceOnly once, JournalWriter journal, DomainClock clock) : Ktp.Cards.V1.CardService.CardServiceBase
{
    private const long MostSerial = 999_999_999_999_999;

    [Right(Role.StockOfficer)]
    public override async Task<ReceiveBlanksResponse> ReceiveBlanks(ReceiveBlanksRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var office = Require.Office(request.OfficeCode);
        caller.RequireRegion(office);
        var count = Require.Within(request.Count, "count", 1, 100_000);
        var first = Require.Within(request.FirstSerial, "first_serial", 1, MostSerial - count + 1);
        var document = Require.Text(request.Document, "document", 100);
        var serials = new SerialRange(first, first + count - 1);
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            _ = await StationStore.RegionNameAsync(tx, office) ?? throw Refuse.NotFound($"Office '{office}' is not known.");
            await CardStore.LockVaultAsync(tx, office);
            if (await CardStore.FindOverlapAsync(tx, serials) is { } known)
            {
                throw Refuse.Exists($"Serials {serials.First} to {serials.Last} overlap {known.First} to {known.Last}, which were received before.");
            }

            await journal.AcceptAsync(tx, now, caller.Actor, new BlanksReceived(office.Value, serials, document));
            return new ReceiveBlanksResponse { Balance = ToWire(office, await CardStore.GetBalanceAsync(tx, office)) };
        }, context.CancellationToken);
    }

    [Right(Role.StockOfficer, Station = true)]
    public override async Task<LoadHopperResponse> LoadHopper(LoadHopperRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var station = StationId.Require(request.StationId);
        if (caller.Kind == CallerKind.Station ? caller.Name != station.Value : !caller.Region.Contains(station.Region.Office))
        {
            throw Refuse.Denied($"{caller.Actor} may not load the hopper of station {station}.");
        }

        var count = Require.Within(request.Count, "count", 1, 1_000);
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            if (await StationStore.FindAsync(tx, station) is not { } known)
            {
                throw Refuse.NotFound($"Station {station} is not known.");
            }

            if (known.Standing != StationStanding.Active)
            {
                throw Refuse.Precondition($"Station {station} is {known.Standing.ToString().ToLowerInvariant()}.");
            }

            var vault = await CardStore.LockVaultAsync(tx, station.Region.Office);
            if (vault < count)
            {
                throw Refuse.Precondition($"The vault of {station.Region.Office} holds {vault} blanks, not {count}.");
            }

            var serials = await CardStore.LowestInVaultAsync(tx, station.Region.Office, count);
            await journal.AcceptAsync(tx, now, caller.Actor, new HopperLoaded(station.Value, station.Region.Value, SerialRange.Of(serials)));
            return new LoadHopperResponse { Hopper = (int)await CardStore.CountHopperAsync(tx, station) };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<GetBalanceResponse> GetBalance(GetBalanceRequest request, ServerCallContext context)
    {
        var office = Require.Office(request.OfficeCode);
        Caller.Of(context).RequireRegion(office);
        var balance = await database.ReadAsync(tx => CardStore.GetBalanceAsync(tx, office), context.CancellationToken);
        return new GetBalanceResponse { Balance = ToWire(office, balance), AsOf = clock.Now.ToTimestamp() };
    }

    [Right(Role.Viewer)]
    public override async Task<GetCardResponse> GetCard(GetCardRequest request, ServerCallContext context)
    {
        var serial = Require.Within(request.Serial, "serial", 1, MostSerial);
        var card = await database.ReadAsync(tx => CardStore.FindAsync(tx, serial), context.CancellationToken)
            ?? throw Refuse.NotFound($"Card {serial} is not known: no office received it.");
        Caller.Of(context).RequireRegion(card.Office);
        return new GetCardResponse
        {
            Card = new Ktp.Cards.V1.Card
            {
                Serial = card.Serial,
                OfficeCode = card.Office.Value,
                State = (Ktp.Cards.V1.CardState)card.State,
                StationId = card.Station?.Value ?? "",
                SpoiledReason = card.SpoiledReason ?? "",
            },
        };
    }

    private static Ktp.Cards.V1.Balance ToWire(RegionCode office, Balance balance) => new()
    {
        OfficeCode = office.Value,
        Received = balance.Received,
        Vault = balance.Vault,
        Hopper = balance.Hopper,
        Consuming = balance.Consuming,
        Issued = balance.Issued,
        Spoiled = balance.Spoiled,
    };
}
