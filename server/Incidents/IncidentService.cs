using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>Incidents on the wire.</summary>
internal sealed class IncidentService(Database database, OnceOnly once, JournalWriter journal, IncidentFeed feed, DomainClock clock)
    : Ktp.Incidents.V1.IncidentService.IncidentServiceBase
{
    private const int MostReason = 200;

    /// <summary>As far ahead as maintenance: who sees to something for longer says so again.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromDays(30);

    [Right(Role.Viewer)]
    public override async Task<ListIncidentsResponse> ListIncidents(ListIncidentsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var page = Page.Of(request.PageSize, request.PageToken);
        var incidents = await database.ReadAsync(tx => IncidentStore.ListAsync(tx, region, request.OpenOnly, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(incidents, incident => incident.Id);
        return new ListIncidentsResponse { Incidents = { incidents.Select(IncidentWire.ToWire) }, NextPageToken = next };
    }

    [Right(Role.Viewer)]
    public override Task WatchIncidents(
        WatchIncidentsRequest request, IServerStreamWriter<WatchIncidentsResponse> responseStream, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        return feed.Watchers.ServeAsync(
            responseStream,
            () => Page.AllAsync((after, limit) => database.ReadAsync(tx => IncidentStore.ListAsync(tx, region, openOnly: true, after, limit), context.CancellationToken), incident => incident.Id),
            new WatchIncidentsResponse { SnapshotComplete = true },
            incident => region.Contains(RegionCode.Trusted(incident.Region)) ? new WatchIncidentsResponse { Incident = IncidentWire.ToWire(incident) } : null,
            context.CancellationToken);
    }

    [Right(Role.Viewer)]
    public override async Task<ListRedundancyResponse> ListRedundancy(ListRedundancyRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode) is { Depth: <= 2 } code ? code : throw Refuse.Invalid("Redundancy is told of a regency or city, a province, or the country.");
        Caller.Of(context).RequireRegion(region);
        var page = Page.Of(request.PageSize, request.PageToken);
        var now = clock.Now;
        var cities = await database.ReadAsync(tx => RedundancyStore.ListAsync(tx, region, now), context.CancellationToken);
        cities.RemoveAll(city => string.CompareOrdinal(city.Key, page.After) <= 0);
        var next = page.Cut(cities, city => city.Key);
        return new ListRedundancyResponse { Redundancy = { cities.Select(city => city.ToWire(now)) }, NextPageToken = next };
    }

    [Right(Role.Operator)]
    public override Task<AcknowledgeIncidentResponse> AcknowledgeIncident(AcknowledgeIncidentRequest request, ServerCallContext context)
    {
        var (caller, now) = (Caller.Of(context), clock.Now);
        var until = request.Until is null ? now + IncidentLife.AcknowledgedFor : RequireAhead(request.Until, now);
        return ChangeAsync(
            context, request.RequestId, request, request.IncidentId, now,
            incident => new IncidentAcknowledged(incident.Id, incident.Region, caller.Actor, until), incident => new AcknowledgeIncidentResponse { Incident = incident });
    }

    [Right(Role.Operator)]
    public override Task<SilenceIncidentResponse> SilenceIncident(SilenceIncidentRequest request, ServerCallContext context)
    {
        var (caller, now) = (Caller.Of(context), clock.Now);
        DateTimeOffset? until = request.Until is null ? null : RequireAhead(request.Until, now);
        var reason = until is null ? "" : Require.Note(request.Reason, "reason", MostReason);
        return ChangeAsync(
            context, request.RequestId, request, request.IncidentId, now,
            incident => new IncidentSilenced(incident.Id, incident.Region, until, reason, caller.Actor), incident => new SilenceIncidentResponse { Incident = incident });
    }

    /// <summary>What a person says of an open incident: load, decide, accept.</summary>
    private async Task<TResponse> ChangeAsync<TResponse>(
        ServerCallContext context, string requestId, IMessage request, string incidentId, DateTimeOffset now,
        Func<Incident, IFact> decide, Func<Ktp.Incidents.V1.Incident, TResponse> answer)
        where TResponse : IMessage<TResponse>, new()
    {
        var caller = Caller.Of(context);
        var id = Require.Text(incidentId, "incident_id", 64);
        return await once.WriteAsync(caller, requestId, request, now, async tx =>
        {
            var incident = await IncidentStore.LockAsync(tx, id) ?? throw Refuse.NotFound($"Incident '{Require.Shown(id)}' is not known.");
            caller.RequireRegion(RegionCode.Trusted(incident.Region));
            if (!incident.IsOpen)
            {
                throw Refuse.Precondition($"Incident {incident.Id} is closed.");
            }

            await journal.AcceptAsync(tx, now, caller.Actor, decide(incident));
            return answer(IncidentWire.ToWire((await IncidentStore.FindAsync(tx, id))!));
        }, context.CancellationToken);
    }

    private static DateTimeOffset RequireAhead(Timestamp until, DateTimeOffset now) => Require.Moment(until, "until") switch
    {
        var moment when moment <= now => throw Refuse.Invalid("until has passed."),
        var moment when moment > now + _longest => throw Refuse.Invalid($"until is more than {_longest.TotalDays:0} days ahead."),
        var moment => moment,
    };
}
