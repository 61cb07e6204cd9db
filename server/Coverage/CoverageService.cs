using Grpc.Core;
using Ktp.Coverage.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>Coverage on the wire.</summary>
internal sealed partial class CoverageService(Database database, OnceOnly once, JournalWriter journal, DomainClock clock) : Ktp.Coverage.V1.CoverageService.CoverageServiceBase
{
    [Right(Role.Officer)]
    public override async Task<SetObligedResponse> SetObliged(SetObligedRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var district = Require.District(request.RegionCode);
        caller.RequireRegion(district);
        var obliged = Require.Within(request.Obliged, "obliged", 0, DistrictCount.Most);
        var before = Require.Within(request.RecordedBefore, "recorded_before", 0, obliged);
        var asOf = Require.Moment(request.AsOf, "as_of");
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            await RequireKnownAsync(tx, district);
            await CoverageStore.LockAsync(tx);
            await journal.AcceptAsync(tx, now, caller.Actor, new ObligedSet(district.Value, obliged, before, asOf));
            return new SetObligedResponse { Coverage = (await CoverageWire.ReadAsync(tx, district, now)).Coverage };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<GetCoverageResponse> GetCoverage(GetCoverageRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var span = CoverageWire.SpanOf(request.FirstDay, request.LastDay);
        var now = clock.Now;
        return await database.ReadAsync(async tx =>
        {
            await RequireKnownAsync(tx, region);
            var response = await CoverageWire.ReadAsync(tx, region, now);
            if (span is var (first, last))
            {
                response.Days.Add((await DayStore.ListAsync(tx, region, first, last)).Select(day => new DayCount { Day = day.Day.ToText(), Recorded = day.Recorded }));
            }

            return response;
        }, context.CancellationToken);
    }

    private static async ValueTask RequireKnownAsync(Tx tx, RegionCode region)
    {
        if (region.Depth > 0 && await StationStore.RegionNameAsync(tx, region) is null)
        {
            throw Refuse.NotFound($"Region '{region}' is not known.");
        }
    }
}
