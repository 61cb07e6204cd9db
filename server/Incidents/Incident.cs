using Ktp.Incidents.V1;

namespace KtpGrpc.Server.Incidents;

/// <summary>
/// Something is wrong and a person must know. The cause is what it is about (device/53.71.04-1/iris/IR-1, kits/53.71): one
/// cause has at most one open incident.
/// </summary>
internal sealed record Incident(
    string Id, string Cause, IncidentKind Kind, IncidentSeverity Severity, string Region, string StationId, string Device, string Summary,
    DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, DateTimeOffset? AcknowledgedAt)
{
    public bool IsOpen => ClosedAt is null;
}

/// <summary>What is wrong with a cause now, as a rule sees it.</summary>
internal sealed record Trouble(IncidentKind Kind, string Region, string StationId, string Device, string Summary)
{
    public IncidentSeverity Severity => SeverityOf(Kind);

    public static IncidentSeverity SeverityOf(IncidentKind kind) => kind switch
    {
        IncidentKind.OneKitLeft or IncidentKind.NoKitLeft or IncidentKind.StationCloned => IncidentSeverity.Critical,
        IncidentKind.DeviceFailing => IncidentSeverity.Notice,
        _ => IncidentSeverity.Warning,
    };
}
