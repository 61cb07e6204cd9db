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
            IncidentKind.StationSilent => !WasSilent(incident.StationId, plan, opened),
            IncidentKind.RegionSilent => !IsStorm(incident.RegionCode, plan, opened) && !IsHoliday(incident, plan, opened)
                && !plan.StationIds.Where(id => IsIn(id, incident.RegionCode)).All(id => WasSilent(id, plan, opened)),
            IncidentKind.OneKitLeft => plan.WorkingKits(incident.RegionCode, opened) > 1,
            IncidentKind.NoKitLeft => plan.WorkingKits(incident.RegionCode, opened) > 0,

            // It is right that names the model with the bad lot while the lot lasts; no other model has a cause in common.
            IncidentKind.ModelShifted => !plan.Ribbons.Lasts(opened) || !incident.Summary.Contains(plan.Ribbons.Model, StringComparison.Ordinal),

            // A card whose fate nobody knows is no piece of equipment.
            IncidentKind.PrintUnknown => false,

            // The fleet has no clones, and a kind this fleet does not know is not in its scenario.
            _ => true,
        };
    }

    /// <summary>The life that held then, or the one that was renewed at that very moment.</summary>
    private static bool IsSick(Incident incident, FleetPlan plan, DateTimeOffset opened)
    {
        if (WasSilent(incident.StationId, plan, opened))
        {
            return true;
        }

        var serial = incident.Device[(incident.Device.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return plan.Lives.Of(incident.StationId).Any(life => life.Serial == serial && life.From <= opened && !(opened > life.RenewedAt)
            && (life.Fate.IsSick(opened) || (life.Kind == Ktp.Health.V1.DeviceKind.Printer && plan.Ribbons.IsIn(life.StationId, opened))));
    }

    /// <summary>
    /// Silence is judged by what has not come until then, so who missed the last beat was silent, though his line may be back for the
    /// next.
    /// </summary>
    private static bool WasSilent(string stationId, FleetPlan plan, DateTimeOffset now) =>
        IsSilent(stationId, plan, now) || (now > plan.Start.AddDays(7) && IsSilent(stationId, plan, plan.Calendar.BeatBefore(now)));

    private static bool IsSilent(string stationId, FleetPlan plan, DateTimeOffset now) =>
        plan.IsSilent(stationId, now) || plan.IsUplinkOut(stationId, now);

    /// <summary>In a storm an uplink comes and goes: that a station gets through now and then makes it no less out.</summary>
    private static bool IsStorm(string region, FleetPlan plan, DateTimeOffset now) => region.Length > 0
        && plan.Storms.Any(storm => storm.Covers(region, now) || storm.Covers(region, plan.Calendar.BeatBefore(now)));

    /// <summary>The country's silence says that it may be a holiday and blames nobody: on one it is right. Of one office it would not be.</summary>
    public static bool IsHoliday(Incident incident, FleetPlan plan, DateTimeOffset now) =>
        incident is { Kind: IncidentKind.RegionSilent, RegionCode: "" } && plan.Calendar.IsHoliday(plan.Calendar.DayOf(now));

    private static bool IsIn(string stationId, string region) => stationId.StartsWith(region, StringComparison.Ordinal);
}
