using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Health.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Conditions on the wire.</summary>
internal sealed class HealthService(Database database, ConditionFeed feed, SavedStations saved, DomainClock clock) : Ktp.Health.V1.HealthService.HealthServiceBase
{
    [Right(Role.Viewer)]
    public override async Task<ListConditionsResponse> ListConditions(ListConditionsRequest request, ServerCallContext context)
    {
        var (region, station) = Scope(context, request.RegionCode, request.StationId);
        var page = Page.Of(request.PageSize, request.PageToken);
        var rows = await database.ReadAsync(
            tx => station is { } id
                ? HealthStore.ListOfStationAsync(tx, id, page.After, page.Limit)
                : HealthStore.ListAsync(tx, region, page.After, page.Limit),
            context.CancellationToken);
        var next = page.Cut(rows, row => row.Key);
        return new ListConditionsResponse { Conditions = { rows.Select(ToWire) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override Task WatchConditions(
        WatchConditionsRequest request, IServerStreamWriter<WatchConditionsResponse> responseStream, ServerCallContext context)
    {
        var (region, _) = Scope(context, request.RegionCode, "");
        return feed.Watchers.ServeAsync(
            responseStream,
            () => Page.AllAsync((after, limit) => database.ReadAsync(tx => HealthStore.ListAsync(tx, region, after, limit), context.CancellationToken), row => row.Key),
            new WatchConditionsResponse { SnapshotComplete = true },
            row => region.Contains(row.Station.Region) ? new WatchConditionsResponse { Condition = ToWire(row), Removed = row.Removed } : null,
            context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<ListHistoryResponse> ListHistory(ListHistoryRequest request, ServerCallContext context)
    {
        var (region, station) = Scope(context, request.RegionCode, request.StationId);
        var page = Page.Of(request.PageSize, request.PageToken);
        var rows = await database.ReadAsync(tx => HealthStore.ListHistoryAsync(tx, region, station, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(rows, row => row.Key);
        return new ListHistoryResponse { Conditions = { rows.Select(ToWire) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override async Task<ExplainConditionResponse> ExplainCondition(ExplainConditionRequest request, ServerCallContext context)
    {
        var station = StationId.Require(request.StationId);
        Caller.Of(context).RequireRegion(station.Region);
        if (request.Device is not { Kind: >= DeviceKind.Station and <= DeviceKind.Host } asked)
        {
            throw Refuse.Invalid("device wants a kind and a serial, as ListConditions tells them.");
        }

        var key = new DeviceKey(asked.Kind, asked.Serial);
        var now = clock.Now;
        var row = await database.ReadAsync(tx => HealthStore.FindAsync(tx, key.In(station)), context.CancellationToken)
            ?? throw Refuse.NotFound($"Station {station} has no {DeviceKey.NameOf(key.Kind)} '{Require.Shown(key.Serial)}': its last hello did not name it.");
        var (explanation, asOf) = await saved.ExplainAsync(row, now, context.CancellationToken);
        return new ExplainConditionResponse
        {
            Condition = ToWire(row),
            Certainty = Explanation.CertaintyOf(row.Condition.State, row.Condition.Evidence),
            Statements = { explanation.Statements.Select(statement => new Ktp.Health.V1.Statement { State = statement.State, Evidence = ToWire(statement.Evidence) }) },
            Unknowns = { explanation.Unknown },
            AsOf = asOf.ToTimestamp(),
        };
    }

    /// <summary>The region that is asked for, and the station in it where one is named.</summary>
    private static (RegionCode Region, StationId? Station) Scope(ServerCallContext context, string regionCode, string stationId)
    {
        var region = Require.Region(regionCode);
        Caller.Of(context).RequireRegion(region);
        if (stationId.Length == 0)
        {
            return (region, null);
        }

        var station = StationId.Require(stationId);
        return region.Contains(station.Region) ? (region, station) : throw Refuse.Invalid($"Station {station} does not stand in region '{region}'.");
    }

    private static Ktp.Health.V1.Condition ToWire(ConditionRow row) => new()
    {
        StationId = row.Station.Value,
        RegionCode = row.Station.Region.Value,
        Device = new Device { Kind = row.Device.Kind, Serial = row.Device.Serial, Model = row.Model },
        State = row.Condition.State,
        Since = row.Condition.Since.ToTimestamp(),
        Evidence = { row.Condition.Evidence.Select(ToWire) },
        Advice = row.Condition.Advice,
    };

    private static Ktp.Health.V1.Evidence ToWire(Evidence evidence) => new()
    {
        Summary = evidence.Summary,
        Detector = evidence.Detector,
        Value = evidence.Value,
        Baseline = evidence.Baseline,
        Surprise = evidence.Surprise,
        Since = evidence.Since == default ? null : evidence.Since.ToTimestamp(),
    };
}
