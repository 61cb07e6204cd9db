using Google.Protobuf.WellKnownTypes;

namespace KtpGrpc.Server.Incidents;

/// <summary>Incidents as the wire has them.</summary>
internal static class IncidentWire
{
    public static Ktp.Incidents.V1.Incident ToWire(Incident incident) => new()
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
        AcknowledgedUntil = incident.AcknowledgedUntil?.ToTimestamp(),
        SuppressedBy = incident.Mute.By,
        InMaintenance = incident.Mute.InMaintenance,
        SilencedUntil = incident.SilencedUntil?.ToTimestamp(),
        SilenceReason = incident.SilenceReason,
        Flapping = incident.Flapping,
        Level = incident.Level,
        Notices = (int)incident.Notices,
    };
}
