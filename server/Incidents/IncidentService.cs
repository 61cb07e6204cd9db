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
    [Right(Role.Viewer)]
    public override async Task<ListIncidentsResponse> ListIncidents(ListIncidentsRequest request, ServerCallContext context)
    {
        var region = Require.Region(request.RegionCode);
        Caller.Of(context).RequireRegion(region);
        var page = Page.Of(request.PageSize, request.PageToken);
        var incidents = await database.ReadAsync(tx => IncidentStore.ListAsync(tx, region, request.OpenOnly, page.After, page.Limit), context.CancellationToken);
        var next = page.Cut(incidents, incident => incident.Id);
        return new ListIncidentsResponse { Incidents = { incidents.Select(ToWire) }, NextPageToken = next };
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
            incident => region.Contains(RegionCode.Trusted(incident.Region)) ? new WatchIncidentsResponse { Incident = ToWire(incident) } : null,
            context.CancellationToken);
    }

    [Right(Role.Operator)]
    public override async Task<AcknowledgeIncidentResponse> AcknowledgeIncident(AcknowledgeIncidentRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var id = Require.Text(request.IncidentId, "incident_id", 64);
        var now = clock.Now;
        return await once.WriteAsync(caller, request.RequestId, request, now, async tx =>
        {
            var incident = await IncidentStore.LockAsync(tx, id) ?? throw Refuse.NotFound($"Incident '{Require.Shown(id)}' is not known.");
            caller.RequireRegion(RegionCode.Trusted(incident.Region));
            if (!incident.IsOpen)
            {
                throw Refuse.Precondition($"Incident {incident.Id} is closed.");
            }

            if (incident.AcknowledgedAt is null)
            {
                await journal.AcceptAsync(tx, now, caller.Actor, new IncidentAcknowledged(incident.Id, incident.Region, caller.Actor));
            }

            return new AcknowledgeIncidentResponse { Incident = ToWire((await IncidentStore.FindAsync(tx, id))!) };
        }, context.CancellationToken);
    }

    private static Ktp.Incidents.V1.Incident ToWire(Incident incident) => new()
    {
        IncidentId = incident.Id,
        Kind = incident.Kind,
        Severity = incident.Severity,
        RegionCode = incident.Region,
        StationId = incident.StationId,
        Device = incident.Device,
        Summary = incident.Summary,
        OpenedAt = incident.OpenedAt.ToTimestamp(),
        ClosedAt = incident.ClosedAt?.ToTimestamp(),
        AcknowledgedAt = incident.AcknowledgedAt?.ToTimestamp(),
    };
}
