using Google.Protobuf;
using Grpc.Core;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>What officers say of printers.</summary>
internal sealed partial class PrintingService
{
    [Right(Role.Officer)]
    public override Task<DrainPrinterResponse> DrainPrinter(DrainPrinterRequest request, ServerCallContext context)
    {
        var reason = Require.Note(request.Reason, "reason", 200);
        return ChangeAsync(
            context, request.RequestId, request, request.StationId, (_, printer) => ValueTask.FromResult<PrinterFact?>(Draining.Drain(printer, DrainCause.Person, reason, until: null)),
            printer => new DrainPrinterResponse { Printer = printer });
    }

    [Right(Role.Officer)]
    public override Task<ResumePrinterResponse> ResumePrinter(ResumePrinterRequest request, ServerCallContext context)
    {
        var now = clock.Now;
        return ChangeAsync(
            context, request.RequestId, request, request.StationId,
            (_, printer) => ValueTask.FromResult<PrinterFact?>(printer.IsDrained(now) ? Draining.Resume(printer, byPerson: true) : null),
            printer => new ResumePrinterResponse { Printer = printer });
    }

    [Right(Role.Officer)]
    public override Task<SetPrintRegionResponse> SetPrintRegion(SetPrintRegionRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.PrintRegionCode) is { Depth: <= 2 } code
            ? code
            : throw Refuse.Invalid("print_region_code must be a province's or regency's, PP or PP.KK, or empty for the country.");
        Caller.Of(context).RequireRegion(region);
        return ChangeAsync(context, request.RequestId, request, request.StationId, async (tx, printer) =>
        {
            if (region != RegionCode.Country && await StationStore.RegionNameAsync(tx, region) is null)
            {
                throw Refuse.NotFound($"Region '{region}' is not known.");
            }

            return region == printer.Prints
                ? null
                : new PrintRegionSet(printer.Station.Value, printer.Station.Region.Value, region == printer.Station.Region.Office ? null : region.Value);
        }, printer => new SetPrintRegionResponse { Printer = printer });
    }

    [Right(Role.Officer)]
    public override Task<ExplainPicksResponse> ExplainPicks(ExplainPicksRequest request, ServerCallContext context)
    {
        var picks = Require.Within(request.Picks, "picks", 1, long.MaxValue);
        var reason = Require.Note(request.Reason, "reason", 200);
        return ChangeAsync(
            context, request.RequestId, request, request.StationId,
            (_, printer) => picks <= printer.UnexplainedPicks
                ? ValueTask.FromResult<PrinterFact?>(new PicksExplained(printer.Station.Value, printer.Station.Region.Value, picks, reason, printer.UnexplainedPicks - picks))
                : throw Refuse.Precondition($"Of station {printer.Station}, {printer.UnexplainedPicks} picks are unexplained, not {picks}: explain no more than there are."),
            printer => new ExplainPicksResponse { Printer = printer });
    }

    [Right(Role.Viewer)]
    public override async Task<ListPrintersResponse> ListPrinters(ListPrintersRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var (page, now) = (Page.Of(request.PageSize, request.PageToken), clock.Now);
        var printers = await database.ReadAsync(tx => PrinterStore.ListAsync(tx, region, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(printers, printer => printer.Station.Value);
        return new ListPrintersResponse { Printers = { printers.Select(printer => PrintingWire.ToWire(printer, now)) }, NextPageToken = next };
    }

    /// <summary>A change of one printer by an officer of its office: load, decide, accept. The station's row is locked, for a printer may have none.</summary>
    private async Task<TResponse> ChangeAsync<TResponse>(
        ServerCallContext context, string requestId, IMessage request, string stationId, Func<Tx, Printer, ValueTask<PrinterFact?>> decide,
        Func<Ktp.Printing.V1.Printer, TResponse> answer)
        where TResponse : IMessage<TResponse>, new()
    {
        var (caller, station, now) = (Caller.Of(context), StationId.Require(stationId), clock.Now);
        caller.RequireRegion(station.Region);
        return await once.WriteAsync(caller, requestId, request, now, async tx =>
        {
            _ = await StationStore.LockAsync(tx, station) ?? throw Refuse.NotFound($"Station {station} is not known.");
            if (await decide(tx, await PrinterStore.LockAsync(tx, station)) is { } fact)
            {
                await journal.AcceptAsync(tx, now, caller.Actor, fact);
            }

            return answer(PrintingWire.ToWire(await PrinterStore.FindAsync(tx, station), now));
        }, context.CancellationToken);
    }
}
