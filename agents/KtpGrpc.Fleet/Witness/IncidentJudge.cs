using Ktp.Incidents.V1;
using KtpGrpc.Fleet.Plan;

namespace KtpGrpc.Fleet.Witness;

/// <summary>Tells, by the scenario's truth, whether an incident is about equipment that was well when it was opened.</summary>
internal static class IncidentJudge
{
    public static bool IsFalse(Incident incident, FleetPlan plan)
    {
        var opened = incident.OpenedAt.ToDateTimeOffset();
        return incident.Kind switch
        {
            IncidentKind.DeviceFailing or IncidentKind.DeviceFailed => !IsSick(incident, plan, opened),
            IncidentKind.StationSilent => !IsSilent(incident.StationId, plan, opened),
            IncidentKind.RegionSilent => !plan.StationIds.Where(id => IsIn(id, incident.RegionCode)).All(id => IsSilent(id, plan, opened)),
            IncidentKind.OneKitLeft => plan.WorkingKits(incident.RegionCode, opened) > 1,
            IncidentKind.NoKitLeft => plan.WorkingKits(incident.RegionCode, opened) > 0,

            // A card whose fate nobody knows is no piece of equipment.
            IncidentKind.PrintUnknown => false,

            // The fleet has no clones, and a kind this fleet does not know is not in its scenario.
            _ => true,
        };
    }

    private static bool IsSick(Incident incident, FleetPlan plan, DateTimeOffset opened)
    {
        if (IsSilent(incident.StationId, plan, opened))
        {
            return true;
        }

        var serial = incident.Device[(incident.Device.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var at = plan.StationIds.ToList().IndexOf(incident.StationId);
        return at >= 0
            && plan.File.Stations[at].Kit.FirstOrDefault(device => device.Serial == serial) is { } device
            && plan.FateOf(incident.StationId, device.Kind).IsSick(opened);
    }

    private static bool IsSilent(string stationId, FleetPlan plan, DateTimeOffset now) =>
        plan.IsSilent(stationId, now) || plan.IsUplinkOut(stationId, now);

    private static bool IsIn(string stationId, string region) => stationId.StartsWith(region, StringComparison.Ordinal);
}
