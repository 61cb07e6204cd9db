using Google.Protobuf;
using Grpc.Core;
using Ktp.Destruction.V1;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Destruction;

/// <summary>Destructions on the wire.</summary>
internal sealed class DestructionService(Database database, OnceOnly once, Destructions destructions, RecordExport export, DomainClock clock)
    : Ktp.Destruction.V1.DestructionService.DestructionServiceBase
{
    [Right(Role.Custodian)]
    public override Task<OpenDestructionResponse> OpenDestruction(OpenDestructionRequest request, ServerCallContext context)
    {
        var (caller, office) = RequireOffice(context, request.OfficeCode);
        var method = DestructionWire.RequireMethod(request.Method);
        var place = Require.Note(request.Place, "place", 200);
        var now = clock.Now;
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            var id = await destructions.OpenAsync(tx, now, caller, office, method, place);
            return new OpenDestructionResponse { Destruction = await ShownAsync(tx, id) };
        }, context.CancellationToken);
    }

    [Right(Role.Custodian)]
    public override Task<ListCardsResponse> ListCards(ListCardsRequest request, ServerCallContext context)
    {
        var (caller, id, now) = Read(context, request.DestructionId);
        var serials = CardWire.RequireSerials(request.Serials);
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await destructions.ListAsync(tx, now, caller, id, serials);
            return new ListCardsResponse { Destruction = await ShownAsync(tx, id) };
        }, context.CancellationToken);
    }

    [Right(Role.Custodian)]
    public override Task<UnlistCardsResponse> UnlistCards(UnlistCardsRequest request, ServerCallContext context)
    {
        var (caller, id, now) = Read(context, request.DestructionId);
        var serials = CardWire.RequireSerials(request.Serials);
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await destructions.UnlistAsync(tx, now, caller, id, serials);
            return new UnlistCardsResponse { Destruction = await ShownAsync(tx, id) };
        }, context.CancellationToken);
    }

    [Right(Role.Custodian)]
    public override Task<CloseListResponse> CloseList(CloseListRequest request, ServerCallContext context)
    {
        var (caller, id, now) = Read(context, request.DestructionId);
        var total = Require.Within(request.Total, "total", 0, SerialRange.MostSerial);
        var totals = DestructionWire.RequireTotals(request.Totals);
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await destructions.CloseAsync(tx, now, caller, id, total, totals);
            return new CloseListResponse { Destruction = await ShownAsync(tx, id) };
        }, context.CancellationToken);
    }

    [Right(Role.Custodian)]
    public override Task<ReopenListResponse> ReopenList(ReopenListRequest request, ServerCallContext context)
    {
        var (caller, id, now) = Read(context, request.DestructionId);
        var reason = Require.Note(request.Reason, "reason", 200);
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await destructions.ReopenAsync(tx, now, caller, id, reason);
            return new ReopenListResponse { Destruction = await ShownAsync(tx, id) };
        }, context.CancellationToken);
    }

    [Right(Role.Custodian | Role.Witness)]
    public override Task<SignDestructionResponse> SignDestruction(SignDestructionRequest request, ServerCallContext context)
    {
        var (caller, id, now) = Read(context, request.DestructionId);
        var role = DestructionWire.RequireRole(request.Role);
        var onBehalfOf = Require.Note(request.OnBehalfOf, "on_behalf_of", 100);
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await destructions.SignAsync(tx, now, caller, id, role, onBehalfOf, request.Total);
            return new SignDestructionResponse { Destruction = await ShownAsync(tx, id) };
        }, context.CancellationToken);
    }

    [Right(Role.Custodian)]
    public override Task<SealDestructionResponse> SealDestruction(SealDestructionRequest request, ServerCallContext context)
    {
        var (caller, id, now) = Read(context, request.DestructionId);
        return once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await destructions.SealAsync(tx, now, caller, id);
            return new SealDestructionResponse { Destruction = await ShownAsync(tx, id) };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<GetDestructionResponse> GetDestruction(GetDestructionRequest request, ServerCallContext context) =>
        new() { Destruction = DestructionWire.ToWire(await RequireAsync(context, request.DestructionId)) };

    [Right(Role.Viewer)]
    public override async Task<ListDestructionsResponse> ListDestructions(ListDestructionsRequest request, ServerCallContext context)
    {
        var (_, office) = RequireOffice(context, request.OfficeCode);
        var page = Page.Of(request.PageSize, request.PageToken);
        var listed = await database.ReadAsync(tx => DestructionStore.ListAsync(tx, office, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(listed, act => act.Id);
        return new ListDestructionsResponse { Destructions = { listed.Select(DestructionWire.ToWire) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override async Task ExportRecord(ExportRecordRequest request, IServerStreamWriter<ExportRecordResponse> responseStream, ServerCallContext context)
    {
        if (request.Form is not (RecordForm.File or RecordForm.Page))
        {
            throw Refuse.Invalid("form must be FILE or PAGE.");
        }

        var act = await RequireAsync(context, request.DestructionId);
        if (act.State != DestructionState.Sealed)
        {
            throw Refuse.Precondition("It is not sealed: there is no record yet.");
        }

        await (request.Form == RecordForm.Page ? RecordExport.WritePageAsync(act, WriteAsync) : export.WriteFileAsync(act, WriteAsync, context.CancellationToken));

        Task WriteAsync(ReadOnlyMemory<byte> piece) =>
            responseStream.WriteAsync(new ExportRecordResponse { Data = ByteString.CopyFrom(piece.Span) }, context.CancellationToken);
    }

    [Right(Role.Officer | Role.Custodian)]
    public override Task ExportMonth(ExportMonthRequest request, IServerStreamWriter<ExportMonthResponse> responseStream, ServerCallContext context)
    {
        var (_, office) = RequireOffice(context, request.OfficeCode);
        var (year, month) = ((int)Require.Within(request.Year, "year", 2010, 2100), (int)Require.Within(request.Month, "month", 1, 12));
        return export.WriteMonthAsync(
            office, year, month,
            piece => responseStream.WriteAsync(new ExportMonthResponse { Data = ByteString.CopyFrom(piece.Span) }, context.CancellationToken),
            context.CancellationToken);
    }

    private static (Caller Caller, RegionCode Office) RequireOffice(ServerCallContext context, string code)
    {
        var caller = Caller.Of(context);
        var office = Require.Office(code);
        caller.RequireRegion(office);
        return (caller, office);
    }

    private (Caller Caller, string Id, DateTimeOffset Now) Read(ServerCallContext context, string id) =>
        (Caller.Of(context), Require.Text(id, "destruction_id", 32), clock.Now);

    private async Task<DestructionAct> RequireAsync(ServerCallContext context, string id)
    {
        Require.Text(id, "destruction_id", 32);
        var act = await database.ReadAsync(tx => DestructionStore.FindAsync(tx, id), context.CancellationToken)
            ?? throw Refuse.NotFound($"Destruction '{Require.Shown(id)}' is not known.");
        Caller.Of(context).RequireRegion(act.Office);
        return act;
    }

    private static async ValueTask<Ktp.Destruction.V1.Destruction> ShownAsync(Tx tx, string id) =>
        DestructionWire.ToWire((await DestructionStore.FindAsync(tx, id))!);
}
