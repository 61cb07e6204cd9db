using Grpc.Core;
using Ktp.Coverage.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Coverage;

/// <summary>The day by which all are to be recorded, and whether they will be.</summary>
internal sealed partial class CoverageService
{
    /// <summary>What lies further ahead is a slip of the finger.</summary>
    private const int MostYears = 50;

    [Right(Role.Officer)]
    public override async Task<SetTargetResponse> SetTarget(SetTargetRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var region = RequireTargetRegion(caller, request.RegionCode);
        var now = clock.Now;
        DateOnly? date = request.Date.Length == 0 ? null : RequireAhead(request.Date, LocalDay.Of(region, now));
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await RequireKnownAsync(tx, region);
            if (date is not null || await TargetStore.IsSetAsync(tx, region))
            {
                await journal.AcceptAsync(tx, now, caller.Actor, new TargetSet(region.Value, date));
            }

            var book = await TargetStore.ReadAsync(tx, region, now);
            return new SetTargetResponse { Target = book.Of(region) is { } target ? TargetWire.Of(book, region, target) : null };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<GetTargetResponse> GetTarget(GetTargetRequest request, ServerCallContext context)
    {
        var region = RequireTargetRegion(Caller.Of(context), request.RegionCode);
        var now = clock.Now;
        return await database.ReadAsync(async tx =>
        {
            await RequireKnownAsync(tx, region);
            var book = await TargetStore.ReadAsync(tx, region, now);
            var target = book.Of(region) ?? throw Refuse.NotFound($"No target holds for '{region}': SetTarget for it or a region above it.");
            return new GetTargetResponse { Target = TargetWire.Of(book, region, target), Below = { TargetWire.Below(book, region) } };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<ListTargetsResponse> ListTargets(ListTargetsRequest request, ServerCallContext context)
    {
        var region = RequireTargetRegion(Caller.Of(context), request.RegionCode);
        var page = Page.Of(request.PageSize, request.PageToken);
        var now = clock.Now;
        return await database.ReadAsync(async tx =>
        {
            var set = await TargetStore.ListAsync(tx, region, page.After, page.Limit);
            var next = page.Cut(set, code => code.Value + "!");
            var book = await TargetStore.ReadAsync(tx, region, now);
            return new ListTargetsResponse { Targets = { set.Select(code => TargetWire.Of(book, code, book.Of(code)!)) }, NextPageToken = next };
        }, context.CancellationToken);
    }

    private static RegionCode RequireTargetRegion(Caller caller, string text)
    {
        var region = Require.Region(text) is { Depth: <= 3 } code ? code : throw Refuse.Invalid("region_code must be a province's, regency's or district's, or empty: nobody knows how many are obliged in a village.");
        caller.RequireRegion(region);
        return region;
    }

    private static DateOnly RequireAhead(string text, DateOnly today)
    {
        var date = LocalDay.Require(text, "date");
        return date < today
            ? throw Refuse.Invalid($"date {date.ToText()} is past: today is {today.ToText()}.")
            : date > today.AddYears(MostYears)
                ? throw Refuse.Invalid($"date {date.ToText()} is more than {MostYears} years ahead.")
                : date;
    }
}
