namespace KtpGrpc.Server.Coverage;

/// <summary>The day by which all of a region are to be recorded, and the region that it was set for: the nearest at or above.</summary>
internal sealed record Target(string SetFor, DateOnly Date);

/// <summary>What will be by a target at today's pace.</summary>
/// <param name="WorkingDays">Days left, today and the last among them; 0 after it.</param>
/// <param name="Missing">Citizens not recorded yet.</param>
/// <param name="Pace">Citizens per working day.</param>
/// <param name="PaceNeeded">Citizens per working day that reach it; null when no day is left for those who are missing.</param>
/// <param name="Expected">Of the missing, those who are recorded in time at today's pace.</param>
internal sealed record Outlook(int WorkingDays, long Missing, double Pace, double? PaceNeeded, long Expected)
{
    /// <summary>A pace is a fraction of 20: what it falls short of a whole citizen by rounding is not meant.</summary>
    private const double Rounding = 1e-6;

    /// <summary>Citizens who will be missing at today's pace.</summary>
    public long Shortfall => Missing - Expected;

    public static Outlook Of(CoverageFigures figures, double pace, DateOnly date, DateOnly today)
    {
        var (days, missing) = (Coverage.WorkingDays.Count(today, date), figures.Missing);
        return new Outlook(days, missing, pace, Needed(missing, days), (long)Math.Min(missing, Math.Floor(pace * days + Rounding)));
    }

    /// <summary>
    /// Districts together, as nobody is recorded twice and a desk that has done its own serves no neighbour: what is left over in
    /// one makes up for nothing in another.
    /// </summary>
    /// <param name="days">Days left until the target of the whole.</param>
    public static Outlook Sum(IReadOnlyCollection<Outlook> parts, int days) => new(
        days,
        parts.Sum(part => part.Missing),
        parts.Sum(part => part.Pace),
        parts.Any(part => part.PaceNeeded is null) ? null : parts.Sum(part => part.PaceNeeded),
        parts.Sum(part => part.Expected));

    private static double? Needed(long missing, int days) => missing == 0 ? 0 : days == 0 ? null : (double)missing / days;
}
