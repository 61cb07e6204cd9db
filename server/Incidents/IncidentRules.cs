using Ktp.Health.V1;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Incidents;

/// <summary>A station as the follower knows it.</summary>
internal sealed record KnownStation(
    StationId Id, StationStanding Standing, DateTimeOffset? MaintenanceUntil, bool WasHeard, bool PresumedDead, string Summary)
{
    public bool InMaintenance(DateTimeOffset now) => MaintenanceUntil > now;

    /// <summary>
    /// Whether it can record. Silence together with its office is not knowing, and not a failure; so is a device that has
    /// not reported yet.
    /// </summary>
    public bool IsWorking(IEnumerable<KnownDevice> devices) =>
        Standing == StationStanding.Active && WasHeard && !PresumedDead && !devices.Any(device => device.Key.Records && device.State == ConditionState.Failed);
}

/// <summary>A device as the follower knows it.</summary>
internal sealed record KnownDevice(Health.DeviceKey Key, ConditionState State, string Summary);

/// <summary>How many of an office's stations can record, and how many ever could at once.</summary>
internal sealed record KnownOffice(string Office, long MostWorking, long Working);

/// <summary>What is worth an incident, and what becomes of one.</summary>
internal static class IncidentRules
{
    /// <summary>What comes back this soon was never gone.</summary>
    public static readonly TimeSpan Damping = TimeSpan.FromHours(1);

    /// <summary>A device's trouble; one that gets a little better is still in trouble until it is well.</summary>
    public static Trouble? OfDevice(KnownStation station, KnownDevice device, Incident? last) => device.State switch
    {
        ConditionState.Failed => DeviceTrouble(IncidentKind.DeviceFailed, "has failed", station, device),
        ConditionState.Failing => DeviceTrouble(IncidentKind.DeviceFailing, "is failing", station, device),
        ConditionState.Degraded when last is { IsOpen: true } => DeviceTrouble(last.Kind, "is failing", station, device),
        _ => null,
    };

    public static Trouble? OfStation(KnownStation station) => station.PresumedDead
        ? new Trouble(IncidentKind.StationSilent, station.Id.Region.Value, station.Id.Value, "", $"Station {station.Id} is presumed dead. {station.Summary}".TrimEnd())
        : null;

    /// <summary>
    /// One kit left, or none, where there were more: whatever that kit's health. An office whose stations join one by one
    /// has lost nothing yet.
    /// </summary>
    public static Trouble? OfOffice(KnownOffice office) => office switch
    {
        { Working: 0, MostWorking: >= 1 } => new Trouble(
            IncidentKind.NoKitLeft, office.Office, "", "", $"No kit can record in {office.Office} any more; {Kits(office.MostWorking)} could."),
        { Working: 1, MostWorking: >= 2 } => new Trouble(
            IncidentKind.OneKitLeft, office.Office, "", "", $"One kit is left that can record in {office.Office}, of {office.MostWorking}: when it fails, nobody is recorded."),
        _ => null,
    };

    /// <summary>
    /// The facts that bring a cause's incident in line with its trouble. While people work on a station nothing opens and
    /// nothing gets graver about it; what ends, ends.
    /// </summary>
    public static IReadOnlyList<IFact> Decide(string cause, Incident? last, Trouble? trouble, bool silenced, string newId, DateTimeOffset now) =>
        (last, trouble) switch
        {
            ({ IsOpen: true }, null) => [Closed(last, "It is well again.")],
            (_, null) => [],
            ({ IsOpen: true }, _) when IsSuccession(last.Kind, trouble.Kind) => [Closed(last, $"Succeeded: {trouble.Summary}"), Opened(newId, cause, trouble)],
            ({ IsOpen: true }, _) when trouble.Kind > last.Kind && !silenced =>
                [new IncidentEscalated(last.Id, last.Region, trouble.Kind, trouble.Severity, trouble.Summary)],
            ({ IsOpen: true }, { Kind: IncidentKind.RegionSilent }) when trouble.Summary != last.Summary => [new IncidentWidened(last.Id, last.Region, trouble.Summary)],
            ({ IsOpen: true }, _) => [],
            _ when silenced => [],
            ({ ClosedAt: { } closed }, _) when now - closed <= Damping && !IsSuccession(last.Kind, trouble.Kind) =>
                [new IncidentReopened(last.Id, last.Region, trouble.Kind, trouble.Severity, trouble.Summary)],
            _ => [Opened(newId, cause, trouble)],
        };

    /// <summary>One kit left and no kit left are told apart in history: each is an incident of its own.</summary>
    private static bool IsSuccession(IncidentKind from, IncidentKind to) =>
        from != to && from is IncidentKind.OneKitLeft or IncidentKind.NoKitLeft && to is IncidentKind.OneKitLeft or IncidentKind.NoKitLeft;

    private static IncidentClosed Closed(Incident incident, string reason) => new(incident.Id, incident.Region, reason);

    private static IncidentOpened Opened(string id, string cause, Trouble trouble) =>
        new(id, cause, trouble.Kind, trouble.Severity, trouble.Region, trouble.StationId, trouble.Device, trouble.Summary);

    private static Trouble DeviceTrouble(IncidentKind kind, string verb, KnownStation station, KnownDevice device) => new(
        kind, station.Id.Region.Value, station.Id.Value, device.Key.ToString(), $"{device.Key} of station {station.Id} {verb}. {device.Summary}".TrimEnd());

    private static string Kits(long count) => count == 1 ? "one" : $"{count} of them";
}
