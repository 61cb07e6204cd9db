using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>The ledger of cards on the wire.</summary>
internal sealed class CardService(
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
    public override Task<SendTransferResponse> SendTransfer(SendTransferRequest request, ServerCallContext context)
    {
        var (caller, from) = RequireOffice(context, request.FromOfficeCode);
        var to = Require.Office(request.ToOfficeCode);
        var serials = CardWire.RequireRanges(request.Serials, "serials", least: 1, counted: null);
        var document = Require.Text(request.Document, "document", 100);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            var id = await transfers.SendAsync(tx, now, caller.Actor, from, to, serials, document);
            return new SendTransferResponse { Transfer = CardWire.ToWire((await TransferStore.LockAsync(tx, id))!) };
        }, context.CancellationToken);
    }

    [Right(Role.StockOfficer)]
    public override Task<ReceiveTransferResponse> ReceiveTransfer(ReceiveTransferRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var id = Require.Text(request.TransferId, "transfer_id", 32);
        var arrived = CardWire.RequireRanges(request.Arrived, "arrived", least: 0, request.Counted);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            var missing = await transfers.ReceiveAsync(tx, now, caller.Actor, caller, id, arrived);
            return new ReceiveTransferResponse
            {
                Transfer = CardWire.ToWire((await TransferStore.LockAsync(tx, id))!),
                Missing = { missing.Select(CardWire.ToWire) },
            };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<ListTransfersResponse> ListTransfers(ListTransfersRequest request, ServerCallContext context)
    {
        var (_, office) = RequireOffice(context, request.OfficeCode);
        var page = Page.Of(request.PageSize, request.PageToken);
        var listed = await database.ReadAsync(tx => TransferStore.ListAsync(tx, office, request.InTransitOnly, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(listed, transfer => transfer.Id);
        return new ListTransfersResponse { Transfers = { listed.Select(CardWire.ToWire) }, NextPageToken = next };
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

    [Right(Role.Officer)]
    public override Task<WithdrawCardResponse> WithdrawCard(WithdrawCardRequest request, ServerCallContext context)
    {
        var (caller, office) = RequireOffice(context, request.OfficeCode);
        var serial = CardWire.RequireSerial(request.Serial);
        var reason = (InvalidReason)request.Reason is var given and (InvalidReason.Damaged or InvalidReason.Status or InvalidReason.Moved or InvalidReason.Corrected)
            ? given
            : throw Refuse.Invalid("reason must be one of DAMAGED, STATUS, MOVED and CORRECTED: a card is spoiled by a report of its printer.");
        var note = request.Note.Length == 0 ? "" : Require.Note(request.Note, "note", 200);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await custody.WithdrawAsync(tx, now, caller.Actor, office, serial, reason, note);
            return new WithdrawCardResponse { Card = CardWire.ToWire((await CardStore.FindAsync(tx, serial))!) };
        }, context.CancellationToken);
    }

    [Right(Role.Custodian)]
    public override Task<TakeIntoCustodyResponse> TakeIntoCustody(TakeIntoCustodyRequest request, ServerCallContext context)
    {
        var (caller, office) = RequireOffice(context, request.OfficeCode);
        var serials = CardWire.RequireSerials(request.Serials);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await custody.TakeAsync(tx, now, caller.Actor, office, serials);
            return new TakeIntoCustodyResponse { Balance = await BalanceAsync(tx, office) };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<ListCustodyResponse> ListCustody(ListCustodyRequest request, ServerCallContext context)
    {
        var (_, office) = RequireOffice(context, request.OfficeCode);
        var page = Page.Of(request.PageSize, request.PageToken);
        var after = page.After.Length == 0 ? 0 : long.TryParse(page.After, out var serial) ? serial : throw Refuse.Invalid("page_token is not one that this list returned.");
        var cards = await database.ReadAsync(tx => CardStore.ListInStateAsync(tx, office, CardState.Custody, after, page.Limit), context.CancellationToken);
        var next = page.Cut(cards, card => $"{card.Serial}");
        return new ListCustodyResponse { Cards = { cards.Select(CardWire.ToWire) }, NextPageToken = next };
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

    [Right(Role.Officer)]
    public override Task<IssueSuketResponse> IssueSuket(IssueSuketRequest request, ServerCallContext context)
    {
        var (caller, office) = RequireOffice(context, request.OfficeCode);
        var citizen = citizens.Protect(Nik.Require(request.Nik), Require.Text(request.Name, "name", 200));
        var cause = System.Enum.IsDefined((SuketCause)request.Cause)
            ? (SuketCause)request.Cause
            : throw Refuse.Invalid("cause must be one of NO_BLANKS, NO_PRINTER and RECORD_WAITS.");
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
            new IssueSuketResponse { Suket = CardWire.ToWire(await sukets.IssueAsync(tx, now, caller.Actor, office, citizen, cause), now) }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<GetSuketResponse> GetSuket(GetSuketRequest request, ServerCallContext context)
    {
        var number = Require.Text(request.Number, "number", 30);
        var suket = await database.ReadAsync(tx => SuketStore.FindAsync(tx, number), context.CancellationToken)
            ?? throw Refuse.NotFound($"Suket '{number}' was never given.");
        Caller.Of(context).RequireRegion(suket.Office);
        return new GetSuketResponse { Suket = CardWire.ToWire(suket, clock.Now) };
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
