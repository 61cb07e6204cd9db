using Ktp.Incidents.V1;

namespace KtpGrpc.Server.Incidents;

/// <summary>What is wrong with a cause now, as a rule sees it.</summary>
internal sealed record Trouble(IncidentKind Kind, string Region, string StationId, string Device, string Summary)
{
    /// <summary>Kind and model of the device it is about (printer/HDP5000); empty unless it is about a device.</summary>
    public string Model { get; init; } = "";

    public IncidentSeverity Severity => SeverityOf(Kind);

    public static IncidentSeverity SeverityOf(IncidentKind kind) => kind switch
    {
        IncidentKind.OneKitLeft or IncidentKind.NoKitLeft or IncidentKind.StationCloned => IncidentSeverity.Critical,
        IncidentKind.DeviceFailing => IncidentSeverity.Notice,
        _ => IncidentSeverity.Warning,
    };
}

/// <summary>A cause at one moment: what is wrong with it (null where it is well), since when that is so, and what mutes it.</summary>
internal sealed record CauseNow(string Cause, Trouble? Trouble, DateTimeOffset ChangedAt, Mute Mute);
