using Grpc.Core;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Repairs;

internal sealed partial class RepairService
{
    [Right(Role.Viewer)]
    public override async Task<GetRepairResponse> GetRepair(GetRepairRequest request, ServerCallContext context)
    {
        var id = Require.Text(request.RepairId, "repair_id", MostWord);
        var repair = await database.ReadAsync(tx => RepairStore.FindAsync(tx, id), context.CancellationToken) ?? throw Unknown(id);
        Caller.Of(context).RequireRegion(repair.Station.Region);
        return new GetRepairResponse { Repair = repair.ToWire(clock.Now) };
    }

    [Right(Role.Viewer)]
    public override async Task<ListRepairsResponse> ListRepairs(ListRepairsRequest request, ServerCallContext context)
    {
        var region = Region(context, request.RegionCode);
        var page = Page.Of(request.PageSize, request.PageToken);
        var repairs = await database.ReadAsync(tx => RepairStore.ListAsync(tx, region, request.OpenOnly, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(repairs, repair => repair.Id);
        var now = clock.Now;
        return new ListRepairsResponse { Repairs = { repairs.Select(repair => repair.ToWire(now)) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override Task WatchRepairs(WatchRepairsRequest request, IServerStreamWriter<WatchRepairsResponse> responseStream, ServerCallContext context)
    {
        var region = Region(context, request.RegionCode);
        return feed.Watchers.ServeAsync(
            responseStream,
            () => Page.AllAsync((after, limit) => database.ReadAsync(tx => RepairStore.ListAsync(tx, region, openOnly: true, after, limit), context.CancellationToken), repair => repair.Id),
            new WatchRepairsResponse { SnapshotComplete = true },
            repair => region.Contains(repair.Station.Region) ? new WatchRepairsResponse { Repair = repair.ToWire(clock.Now) } : null,
            context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<ListPartsResponse> ListParts(ListPartsRequest request, ServerCallContext context)
    {
        var region = Region(context, request.RegionCode);
        var page = Page.Of(request.PageSize, request.PageToken);
        var parts = await database.ReadAsync(tx => PartStore.ListAsync(tx, region, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(parts, part => part.Key);
        return new ListPartsResponse { Parts = { parts.Select(part => part.ToWire()) }, NextPageToken = next };
    }

    private static RegionCode Region(ServerCallContext context, string code)
    {
        var region = Require.Region(code);
        Caller.Of(context).RequireRegion(region);
        return region;
    }
}
