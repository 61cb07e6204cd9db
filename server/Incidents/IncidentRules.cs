using Ktp.Health.V1;
using Ktp.Incidents.V1;
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
internal sealed record KnownDevice(Health.DeviceKey Key, ConditionState State, string Summary)
{
    public string Model { get; init; } = "";
}

/// <summary>How many of an office's stations can record, and how many ever could at once.</summary>
internal sealed record KnownOffice(string Office, long MostWorking, long Working);

/// <summary>What is worth an incident.</summary>
internal static class IncidentRules
{
    /// <summary>
    /// A device's trouble: failing is a time to act, degraded one to watch. One that gets a little better is still in trouble until it is
    /// well.
    /// </summary>
    /// <param name="before">What was wrong with it last, and still is as far as is known; unspecified for nothing.</param>
    public static Trouble? OfDevice(KnownStation station, KnownDevice device, IncidentKind before) => device.State switch
    {
        ConditionState.Failed => DeviceTrouble(IncidentKind.DeviceFailed, "has failed", station, device),
        ConditionState.Failing => DeviceTrouble(IncidentKind.DeviceFailing, "is failing", station, device),
        ConditionState.Degraded when before != IncidentKind.Unspecified => DeviceTrouble(before, "is failing", station, device),
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

    public static Trouble OfModel(Health.ModelShifted fact) => new(
        IncidentKind.ModelShifted, fact.Region, "", "", $"{fact.Devices} devices of model {fact.Model} ({Health.DeviceKey.NameOf(fact.DeviceKind)}) went bad together. {fact.Sentence}".TrimEnd())
    {
        Model = ModelOf(fact.DeviceKind, fact.Model),
    };

    /// <summary>How a model is named among causes: printer/HDP5000.</summary>
    public static string ModelOf(DeviceKind kind, string model) => $"{Health.DeviceKey.NameOf(kind)}/{model}";

    private static Trouble DeviceTrouble(IncidentKind kind, string verb, KnownStation station, KnownDevice device) => new(
        kind, station.Id.Region.Value, station.Id.Value, device.Key.ToString(), $"{device.Key} of station {station.Id} {verb}. {device.Summary}".TrimEnd())
    {
        Model = device.Model.Length == 0 ? "" : ModelOf(device.Key.Kind, device.Model),
    };

    private static string Kits(long count) => count == 1 ? "one" : $"{count} of them";
}
