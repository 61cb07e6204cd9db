using Ktp.Health.V1;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>A fault with the days that chance chose for it; without a device the whole station ends.</summary>
internal sealed record PlannedDeath(string StationId, DeviceKind? Device, FaultCause Cause, DateTimeOffset? WearFrom, DateTimeOffset DiesAt, double PeakRatio, string Code)
{
    private const int MinutesInADay = 24 * 60;

    public static PlannedDeath Draw(ScenarioFile file, ScenarioFault fault, OfficeCalendar calendar, int seed)
    {
        var chance = Chance.Of(seed, $"fault/{fault.Station}/{fault.Device}");
        var dies = fault.Cause == FaultCause.Wear
            ? DuringWork(file, fault, calendar, ref chance)
            : fault.DiesFrom.At(file.UtcOffset).AddMinutes(chance.Next(1 + (int)(fault.DiesTo.Value - fault.DiesFrom.Value).TotalMinutes));
        DateTimeOffset? wear = fault.RampDays is { } days ? dies.AddMinutes(-days.DrawWhole(ref chance) * MinutesInADay) : null;
        return new PlannedDeath(fault.Station, fault.Device, fault.Cause, wear, dies, fault.PeakRatio?.Draw(ref chance) ?? 0, fault.Code);
    }

    /// <summary>A worn device dies while it is used: in the middle of a beat of the range.</summary>
    private static DateTimeOffset DuringWork(ScenarioFile file, ScenarioFault fault, OfficeCalendar calendar, ref Chance chance)
    {
        var (from, to) = (fault.DiesFrom.At(file.UtcOffset), fault.DiesTo.At(file.UtcOffset));
        var beats = calendar.Beats(DateOnly.FromDateTime(fault.DiesFrom.Value), DateOnly.FromDateTime(fault.DiesTo.Value))
            .Where(beat => from <= beat && beat < to).ToList();
        return beats.Count > 0
            ? beats[chance.Next(beats.Count)].AddMinutes(file.BeatMinutes / 2)
            : throw new ScenarioException($"fault of {fault.Station}: a worn device dies at work, and the office is closed from {fault.DiesFrom} to {fault.DiesTo}.");
    }
}
