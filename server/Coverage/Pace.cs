namespace KtpGrpc.Server.Coverage;

/// <summary>Monday to Friday. Holidays are not known here: one of them makes a pace a twentieth too low for a month.</summary>
internal static class WorkingDays
{
    private const int PerWeek = 5;

    public static bool Is(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    /// <summary>How many there are from a day to another, both included.</summary>
    public static int Count(DateOnly first, DateOnly last)
    {
        if (last < first)
        {
            return 0;
        }

        var days = last.DayNumber - first.DayNumber + 1;
        return days / 7 * PerWeek + Enumerable.Range(0, days % 7).Count(day => Is(first.AddDays(day)));
    }

    /// <summary>The day of the nth working day, the first of them counted from today on.</summary>
    public static DateOnly Nth(DateOnly today, int nth)
    {
        var day = today.AddDays((nth - 1) / PerWeek * 7);
        for (var left = (nth - 1) % PerWeek + 1; !Is(day) || --left > 0;)
        {
            day = day.AddDays(1);
        }

        return day;
    }
}

/// <summary>
/// The days that a pace is the mean of: the 28 before today, which hold 20 working days whichever day it is; fewer while the country
/// counts for less long. It does not ask on which days something was recorded, or a city whose kits have died would keep the pace of
/// its last good days for ever; and it is one window for all, so that the paces of districts sum to their regency's.
/// </summary>
internal sealed record PaceWindow(DateOnly First, DateOnly Last)
{
    private const int Days = 28;

    /// <summary>A century: what takes longer is not done at this pace.</summary>
    private const double MostWorkingDays = 26_000;

    private readonly int _workingDays = Math.Max(1, WorkingDays.Count(First, Last));

    public DateOnly Today => Last.AddDays(1);

    /// <param name="begun">The first day on which anybody in the country was recorded; null before it.</param>
    public static PaceWindow Of(DateOnly today, DateOnly? begun)
    {
        var (first, last) = (today.AddDays(-Days), today.AddDays(-1));
        return new PaceWindow(begun > first ? (begun < last ? begun.Value : last) : first, last);
    }

    /// <summary>Citizens per working day, of so many recorded in the window.</summary>
    public double PerDay(long recorded) => (double)recorded / _workingDays;

    /// <summary>Calendar days, today among them, until nobody is missing; null at a pace that does not get there.</summary>
    public long? DaysToCompletion(CoverageFigures figures, double perDay) => figures switch
    {
        { Obliged: 0 } => null,
        { Missing: 0 } => 0,
        _ when perDay <= 0 || figures.Missing / perDay > MostWorkingDays => null,
        _ => WorkingDays.Nth(Today, (int)Math.Ceiling(figures.Missing / perDay)).DayNumber - Last.DayNumber,
    };
}
