using Ktp.Health.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Witness;

/// <summary>How well the conditions of capturing devices told what was to come.</summary>
/// <param name="Warnings">How often a condition of this level or above opened on a device that was not dead.</param>
/// <param name="FalseOnes">Of them, those on a device that was well.</param>
/// <param name="Lives">Lives that wear ended, or would have ended, had nobody renewed what was worn.</param>
/// <param name="Warned">Of them, those with a true warning before the death.</param>
/// <param name="MedianLeadDays">From the first true warning to the death, or to the one that was averted.</param>
internal sealed record WarningSummary(int Warnings, int FalseOnes, double Precision, int Lives, int Warned, double Recall, double? MedianLeadDays);

/// <param name="Died">Devices and desks that died, in time for being found.</param>
/// <param name="Found">Of them, those believed failed within two working days.</param>
internal sealed record DeathSummary(int Died, int Found);

/// <summary>Judges what the server believed of each life by what became of it.</summary>
internal static class WarningJudge
{
    /// <summary>Nobody uses a kit at the weekend, so days without work find nothing.</summary>
    private const int FoundWithinWorkingDays = 2;

    /// <param name="history">All changes of condition, oldest first.</param>
    /// <param name="level">The state from which on a condition warns: degraded to be watched, failing to act.</param>
    public static WarningSummary Warnings(FleetPlan plan, IReadOnlyList<Condition> history, ConditionState level)
    {
        var (warnings, falseOnes) = (0, 0);
        var (worn, leads) = (0, new List<double>());
        foreach (var (life, changes) in Told(plan, history).Where(told => ScenarioRules.Capture.Contains(told.Life.Kind)))
        {
            // Of the dead it is no warning any more, and of the well it is false.
            var opened = Openings(changes, level).Where(at => !life.Fate.IsDead(at)).ToList();
            var right = opened.FindAll(life.Fate.IsSick);
            warnings += opened.Count;
            falseOnes += opened.Count - right.Count;
            if (life.Fate.IsForeseeable && (life.IsSaved || life.DiedAt < plan.End))
            {
                worn++;
                leads.AddRange(right.Take(1).Select(at => (life.Fate.DiesAt!.Value - at).TotalDays));
            }
        }

        leads.Sort();
        return new WarningSummary(
            warnings, falseOnes, Share(warnings - falseOnes, warnings), worn, leads.Count, Share(leads.Count, worn),
            leads.Count == 0 ? null : Math.Round((leads[(leads.Count - 1) / 2] + leads[leads.Count / 2]) / 2, 1));
    }

    public static DeathSummary Deaths(FleetPlan plan, IReadOnlyList<Condition> history)
    {
        var due = Told(plan, history).Select(told => (told.Changes, Life: told.Life, By: told.Life.DiedAt is { } died ? Deadline(plan, died) : DateTimeOffset.MaxValue))
            .Where(told => told.By < plan.End && !(told.By > told.Life.RenewedAt) && !IsUnderADeadDesk(plan, told.Life, told.By)).ToList();
        return new DeathSummary(due.Count, due.Count(told => told.Changes.Any(change => change.State == ConditionState.Failed && change.Since.ToDateTimeOffset() <= told.By)));
    }

    /// <summary>The moments at which a level was reached from below, and was not left since but for less grave trouble or not knowing.</summary>
    internal static IEnumerable<DateTimeOffset> Openings(IEnumerable<Condition> changes, ConditionState level)
    {
        var open = false;
        foreach (var change in changes.Where(change => change.State != ConditionState.Unknown))
        {
            if (change.State >= level && !open)
            {
                open = true;
                yield return change.Since.ToDateTimeOffset();
            }

            open &= change.State > ConditionState.Healthy;
        }
    }

    /// <summary>Each life with what was believed of it while it lasted.</summary>
    internal static IEnumerable<(DeviceLife Life, List<Condition> Changes)> Told(FleetPlan plan, IReadOnlyList<Condition> history)
    {
        var told = history.ToLookup(change => (change.StationId, change.Device.Kind, change.Device.Serial));
        return plan.Lives.All.Select(life => (life, told[(life.StationId, life.Kind, life.Serial)]
            .Where(change => change.Since.ToDateTimeOffset() is var at && at >= life.From && !(at >= life.RenewedAt)).ToList()));
    }

    /// <summary>Of a dead desk nobody can hear what else of it died; that the desk did is found by itself.</summary>
    private static bool IsUnderADeadDesk(FleetPlan plan, DeviceLife life, DateTimeOffset by) => life.Kind != DeviceKind.Station && plan.IsSilent(life.StationId, by);

    private static DateTimeOffset Deadline(FleetPlan plan, DateTimeOffset died)
    {
        var day = plan.Calendar.DayOf(died);
        for (var left = FoundWithinWorkingDays; left > 0;)
        {
            day = day.AddDays(1);
            left -= plan.Calendar.IsWorkingDay(day) ? 1 : 0;
        }

        return plan.Calendar.BeatAt(day, plan.Calendar.BeatsPerDay);
    }

    private static double Share(int part, int whole) => whole == 0 ? 1 : Math.Round((double)part / whole, 3);
}
