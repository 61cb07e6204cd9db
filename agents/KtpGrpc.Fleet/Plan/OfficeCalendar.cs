using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>When the stations beat: every so many minutes from opening to closing on working days, by local time.</summary>
internal sealed class OfficeCalendar(OfficeHours office, UtcOffset offset, TimeSpan beat)
{
    private readonly HashSet<DayOfWeek> _days = [.. office.Days];

    public int BeatsPerDay { get; } = (int)Math.Ceiling((office.Closes - office.Opens) / beat);

    public bool IsWorkingDay(DateOnly day) => _days.Contains(day.DayOfWeek);

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
                yield return new LocalMoment(day.ToDateTime(office.Opens) + (at * beat)).At(offset);
            }
        }
    }
}
