using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>When the stations beat: every so many minutes from opening to closing on working days, by local time.</summary>
internal sealed class OfficeCalendar(OfficeHours office, UtcOffset offset, TimeSpan beat, IReadOnlyList<DateOnly>? holidays = null)
{
    private readonly HashSet<DayOfWeek> _days = [.. office.Days];
    private readonly HashSet<DateOnly> _holidays = [.. holidays ?? []];

    public int BeatsPerDay { get; } = (int)Math.Ceiling((office.Closes - office.Opens) / beat);

    public bool IsWorkingDay(DateOnly day) => _days.Contains(day.DayOfWeek) && !_holidays.Contains(day);

    /// <summary>A day on which the office would be open, but for a holiday.</summary>
    public bool IsHoliday(DateOnly day) => _days.Contains(day.DayOfWeek) && _holidays.Contains(day);

    public DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(offset.Local(moment));

    /// <summary>The number of the beat within its day, from 0.</summary>
    public int BeatOfDay(DateTimeOffset moment) => (int)((TimeOnly.FromDateTime(offset.Local(moment)) - office.Opens) / beat);

    /// <summary>All beats from the first day to the last; closed hours are one step.</summary>
    public IEnumerable<DateTimeOffset> Beats(DateOnly first, DateOnly last)
    {
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            for (var at = 0; at < BeatsPerDay && IsWorkingDay(day); at++)
            {
                yield return BeatAt(day, at);
            }
        }
    }

    /// <summary>The beats that there would have been on the holidays between two moments.</summary>
    public IEnumerable<DateTimeOffset> HolidayHours(DateTimeOffset from, DateTimeOffset to)
    {
        for (var day = DayOf(from); day < DayOf(to); day = day.AddDays(1))
        {
            for (var at = 0; at < BeatsPerDay && IsHoliday(day); at++)
            {
                yield return BeatAt(day, at);
            }
        }
    }

    /// <param name="number">Of the day's beats, from 0.</param>
    public DateTimeOffset BeatAt(DateOnly day, int number) => new LocalMoment(day.ToDateTime(office.Opens) + (number * beat)).At(offset);

    /// <summary>The last beat before a moment; none before the first working day that there ever was is asked for.</summary>
    public DateTimeOffset BeatBefore(DateTimeOffset moment)
    {
        for (var day = DayOf(moment); ; day = day.AddDays(-1))
        {
            for (var at = BeatsPerDay - 1; at >= 0 && IsWorkingDay(day); at--)
            {
                if (BeatAt(day, at) is var found && found < moment)
                {
                    return found;
                }
            }
        }
    }
}
