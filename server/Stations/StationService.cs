using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Stations.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Security;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Stations;

/// <summary>The registry on the wire.</summary>
internal sealed class StationService(
    Database database, OnceOnly once, JournalWriter journal, Joining joining, StationDirectory directory, StationPresence presence, CertificateAuthority authority, DomainClock clock)
    : Ktp.Stations.V1.StationService.StationServiceBase
{
    private static readonly TimeSpan _longestMaintenance = TimeSpan.FromDays(30);

    [Right(Role.Admin)]
    public override async Task<CreateJoinTokenResponse> CreateJoinToken(CreateJoinTokenRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var district = Require.District(request.RegionCode);
        caller.RequireRegion(district);
        var token = await joining.CreateTokenAsync(
            caller, Require.Text(request.RequestId, "request_id", 64), district, Require.Text(request.StationName, "station_name", 100), context.CancellationToken);
        return new CreateJoinTokenResponse { Token = token, LivesFor = JoinToken.Life.ToDuration() };
    }

    [Right(Anyone = true)]
    public override Task<GetAuthorityResponse> GetAuthority(GetAuthorityRequest request, ServerCallContext context) =>
        Task.FromResult(new GetAuthorityResponse { CaCertificate = ByteString.CopyFrom(authority.Certificate.RawData) });

    [Right(Anyone = true)]
    public override async Task<JoinResponse> Join(JoinRequest request, ServerCallContext context)
    {
        var (id, certificate) = await joining.JoinAsync(request.Token, request.CertificateRequest.ToByteArray(), context.CancellationToken);
        await directory.RefreshAsync(id, context.CancellationToken);
        return new JoinResponse
        {
            StationId = id.Value,
            RegionCode = id.Region.Value,
            Certificate = ByteString.CopyFrom(certificate.RawData),
            CaCertificate = ByteString.CopyFrom(authority.Certificate.RawData),
        };
    }

    [Right(Anyone = true)]
    public override async Task<BeginRenewalResponse> BeginRenewal(BeginRenewalRequest request, ServerCallContext context) =>
        new() { Nonce = ByteString.CopyFrom(await joining.BeginRenewalAsync(StationId.Require(request.StationId), context.CancellationToken)) };

    [Right(Anyone = true)]
    public override async Task<RenewCertificateResponse> RenewCertificate(RenewCertificateRequest request, ServerCallContext context)
    {
        var id = StationId.Require(request.StationId);
        var certificate = await joining.RenewAsync(
            id, request.Nonce.ToByteArray(), request.Signature.ToByteArray(), context.CancellationToken);
        await directory.RefreshAsync(id, context.CancellationToken);
        return new RenewCertificateResponse { Certificate = ByteString.CopyFrom(certificate.RawData) };
    }

    [Right(Role.Viewer, Station = true)]
    public override async Task<GetStationResponse> GetStation(GetStationRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var id = StationId.Require(request.StationId);
        caller.RequireRegion(id.Region);
        if (caller.Kind == CallerKind.Station && caller.Name != id.Value)
        {
            throw Refuse.Denied("A station may ask only for itself.");
        }

        return new GetStationResponse { Station = ToWire(await directory.FindAsync(id, context.CancellationToken) ?? throw Unknown(id)) };
    }

    [Right(Role.Viewer)]
    public override async Task<ListStationsResponse> ListStations(ListStationsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var page = Page.Of(request.PageSize, request.PageToken);
        var stations = await database.ReadAsync(tx => StationStore.ListAsync(tx, region, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(stations, station => station.Id.Value);
        return new ListStationsResponse { Stations = { stations.Select(ToWire) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override Task WatchStations(WatchStationsRequest request, IServerStreamWriter<WatchStationsResponse> responseStream, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        return directory.Watchers.ServeAsync(
            responseStream,
            () => directory.All.Where(station => region.Contains(station.Region)).OrderBy(station => station.Id.Value, StringComparer.Ordinal).ToAsyncEnumerable(),
            new WatchStationsResponse { SnapshotComplete = true },
            station => region.Contains(station.Region) ? new WatchStationsResponse { Station = ToWire(station) } : null,
            context.CancellationToken);
    }

    [Right(Role.Admin)]
    public override async Task<RetireStationResponse> RetireStation(RetireStationRequest request, ServerCallContext context)
    {
        var reason = Require.Text(request.Reason, "reason", 500);
        return await ChangeAsync(context, request.RequestId, request, request.StationId,
            (station, _) => station.Standing == StationStanding.Retired ? null : new StandingChanged(station.Id.Value, station.Region.Value, StationStanding.Retired, reason),
            station => new RetireStationResponse { Station = station });
    }

    [Right(Role.Admin)]
    public override async Task<QuarantineStationResponse> QuarantineStation(QuarantineStationRequest request, ServerCallContext context)
    {
        var reason = Require.Text(request.Reason, "reason", 500);
        var standing = request.Lift ? StationStanding.Active : StationStanding.Quarantined;
        return await ChangeAsync(context, request.RequestId, request, request.StationId,
            (station, _) => station.Standing switch
            {
                StationStanding.Retired => throw Refuse.Precondition($"Station {station.Id} is retired: that is for ever."),
                var present when present == standing => null,
                _ => new StandingChanged(station.Id.Value, station.Region.Value, standing, reason),
            },
            station => new QuarantineStationResponse { Station = station });
    }

    [Right(Role.Dispatcher)]
    public override async Task<SetMaintenanceResponse> SetMaintenance(SetMaintenanceRequest request, ServerCallContext context)
    {
        DateTimeOffset? until = request.Until is null ? null : Require.Moment(request.Until, "until");
        return await ChangeAsync(context, request.RequestId, request, request.StationId,
            (station, now) => new MaintenanceSet(station.Id.Value, station.Region.Value, RequireMaintenance(until, now)),
            station => new SetMaintenanceResponse { Station = station });
    }

    [Right(Role.Dispatcher)]
    public override async Task<SetRegionMaintenanceResponse> SetRegionMaintenance(SetRegionMaintenanceRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var region = Require.Region(request.RegionCode);
        caller.RequireRegion(region);
        DateTimeOffset? until = request.Until is null ? null : Require.Moment(request.Until, "until");
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            if (region.Depth > 0 && await StationStore.RegionNameAsync(tx, region) is null)
            {
                throw Refuse.NotFound($"Region '{region}' is not known.");
            }

            await journal.AcceptAsync(tx, now, caller.Actor, new RegionMaintenanceSet(region.Value, RequireMaintenance(until, now)));
            return new SetRegionMaintenanceResponse { MaintenanceUntil = until?.ToTimestamp() };
        }, context.CancellationToken);
    }

    [Right(Role.Admin)]
    public override async Task<PutRegionsResponse> PutRegions(PutRegionsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        Require.Within(request.Regions.Count, "the number of regions", 1, 10_000);
        var wanted = request.Regions.Select(region => (Code: Require.Region(region.Code), Name: Require.Text(region.Name, "name", 100))).ToList();
        wanted.ForEach(region => caller.RequireRegion(region.Code.Depth == 0 ? region.Code : region.Code.Parent));
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            var changed = await RegionTree.ChangesAsync(tx, wanted);
            if (changed.Count > 0)
            {
                await journal.AcceptAsync(tx, now, caller.Actor, new RegionsPut(caller.Region.Value, changed));
            }

            return new PutRegionsResponse { Changed = changed.Count };
        }, context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<ListRegionsResponse> ListRegions(ListRegionsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var page = Page.Of(request.PageSize, request.PageToken);
        var regions = await database.ReadAsync(tx => StationStore.ListRegionsAsync(tx, region, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(regions, found => found.Code);
        return new ListRegionsResponse
        {
            Regions = { regions.Select(found => new Region { Code = found.Code, Name = found.Name, Level = (RegionLevel)(RegionCode.Trusted(found.Code).Depth + 1) }) },
            NextPageToken = next,
        };
    }

    /// <summary>A change of one station: load, decide, accept; <paramref name="decide"/> gives null where nothing changes.</summary>
    private async Task<TResponse> ChangeAsync<TResponse>(
        ServerCallContext context, string requestId, IMessage request, string stationId,
        Func<Station, DateTimeOffset, IFact?> decide, Func<Ktp.Stations.V1.Station, TResponse> answer)
        where TResponse : IMessage<TResponse>, new()
    {
        var caller = Caller.Of(context);
        var id = StationId.Require(stationId);
        caller.RequireRegion(id.Region);
        var now = clock.Now;
        var response = await once.WriteAsync(caller, requestId, request, now, async tx =>
        {
            var station = await StationStore.LockAsync(tx, id) ?? throw Unknown(id);
            if (decide(station, now) is { } fact)
            {
                await journal.AcceptAsync(tx, now, caller.Actor, fact);
            }

            return answer(ToWire((await StationStore.FindAsync(tx, id))!));
        }, context.CancellationToken);
        await directory.RefreshAsync(id, context.CancellationToken);
        return response;
    }

    private static DateTimeOffset? RequireMaintenance(DateTimeOffset? until, DateTimeOffset now) => until > now + _longestMaintenance
        ? throw Refuse.Invalid($"until is more than {_longestMaintenance.TotalDays:0} days ahead.")
        : until;

    private static RpcException Unknown(StationId id) => Refuse.NotFound($"Station {id} is not known.");

    private Ktp.Stations.V1.Station ToWire(Station station) => new()
    {
        StationId = station.Id.Value,
        RegionCode = station.Region.Value,
        Name = station.Name,
        Standing = (Ktp.Stations.V1.StationStanding)station.Standing,
        JoinedAt = station.JoinedAt.ToTimestamp(),
        CertificateNotAfter = station.CertificateNotAfter.ToTimestamp(),
        MaintenanceUntil = station.MaintenanceUntil?.ToTimestamp(),
        Connected = presence.IsConnected(station.Id),
    };
}
