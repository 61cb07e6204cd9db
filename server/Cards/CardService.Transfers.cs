using Grpc.Core;
using Ktp.Cards.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Cards;

/// <summary>Transfers between offices.</summary>
internal sealed partial class CardService
{
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
}
