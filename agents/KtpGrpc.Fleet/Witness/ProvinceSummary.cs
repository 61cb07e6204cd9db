using KtpGrpc.Fleet.Plan;

namespace KtpGrpc.Fleet.Witness;

/// <summary>What a year of a province came to: how well it was warned, and what that was worth.</summary>
/// <param name="Watch">Warnings from degraded on.</param>
/// <param name="Act">Warnings from failing on: those that are incidents.</param>
/// <param name="HolidayNotices">Incidents of the country's silence on a holiday; anything else that opened on one is false.</param>
/// <param name="FalseIncidents">By kind.</param>
/// <param name="Monitored">The year as it went, repaired by what the server told.</param>
/// <param name="AtDeath">The same year, repaired by who is told of each death at once and foresees none.</param>
/// <param name="OnComplaint">The same year, repaired when somebody complained.</param>
internal sealed record ProvinceSummary(
    WarningSummary Watch,
    WarningSummary Act,
    DeathSummary Deaths,
    int Storms,
    int HolidayNotices,
    IReadOnlyDictionary<string, int> FalseIncidents,
    RepairSummary Repairs,
    PolicyOutcome Monitored,
    PolicyOutcome AtDeath,
    PolicyOutcome OnComplaint,
    SavedSummary RepairsSaved)
{
    /// <summary>The same for people.</summary>
    public IEnumerable<string> Sentences()
    {
        yield return FormattableString.Invariant(
            $"Of {Watch.Lives} devices that wore out {Watch.Warned} were warned of, {Watch.MedianLeadDays ?? 0:0} days ahead in the median; renewed before they died: {RepairsSaved.MetBeforeDeath}. {Watch.FalseOnes} of {Watch.Warnings} warnings were false.");
        yield return FormattableString.Invariant($"Of {Deaths.Died} deaths of all causes {Deaths.Found} were found within two working days.");
        yield return "Repaired by what the server told: " + Account(Monitored);
        yield return "Told of each death alone:         " + Account(AtDeath);
        yield return "Repaired on complaint:            " + Account(OnComplaint);
    }

    private static string Account(PolicyOutcome year) => FormattableString.Invariant(
        $"{year.DeskDaysLost,6:0} desk-days lost, {year.CitizensSentHome,6:0} citizens sent home, {year.Trips,3} trips, {year.LastKitRegencyDays,4:0} days of a regency on its last kit.");
}

/// <param name="Verified">Proved by the device's own work.</param>
/// <param name="CameBack">Times that a device failed when it should have proved itself.</param>
/// <param name="TripsForNothing">Visits on which everything was well.</param>
internal sealed record RepairSummary(int Opened, int Verified, int CameBack, int TripsForNothing);

/// <summary>By how much the monitored year was better than the other; below 0 where it was worse.</summary>
/// <param name="MetBeforeDeath">Devices renewed while worn, before they died.</param>
internal sealed record SavedSummary(int MetBeforeDeath, double DeskDays, long CitizensSentHome, int Trips, double DarkRegencyDays, double LastKitRegencyDays)
{
    public static SavedSummary Of(FleetPlan plan, PolicyOutcome monitored, PolicyOutcome onComplaint) => new(
        plan.Lives.All.Count(life => life.IsSaved),
        Math.Round(onComplaint.DeskDaysLost - monitored.DeskDaysLost, 1),
        onComplaint.CitizensSentHome - monitored.CitizensSentHome,
        onComplaint.Trips - monitored.Trips,
        Math.Round(onComplaint.DarkRegencyDays - monitored.DarkRegencyDays, 1),
        Math.Round(onComplaint.LastKitRegencyDays - monitored.LastKitRegencyDays, 1));
}
