using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Cards;

/// <summary>Cards that are taken out of use.</summary>
internal sealed partial class CardService
{
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
}
