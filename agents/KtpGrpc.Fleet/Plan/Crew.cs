using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>
/// The province's technicians and their roads: who is free, when he is there, when he is back. Every policy of repair has the same
/// people, the same roads, and waits as long for the same spare.
/// </summary>
internal sealed class Crew
{
    private readonly ScenarioRepairs _repairs;
    private readonly OfficeCalendar _calendar;
    private readonly int _seed;
    private readonly DateOnly[] _freeFrom;

    public Crew(FleetPlan plan)
    {
        _repairs = plan.File.Province!.Repairs;
        (_calendar, _seed) = (plan.Calendar, plan.Seed);
        _freeFrom = new DateOnly[_repairs.Technicians];
    }

    /// <summary>Visits to a desk, whatever was found there.</summary>
    public int Trips { get; private set; }

    /// <summary>The number, from 0, of one who is at home.</summary>
    public int? Free(DateOnly day) => Array.FindIndex(_freeFrom, from => from <= day) is >= 0 and var found ? found : null;

    public IEnumerable<int> AllFree(DateOnly day) => Enumerable.Range(0, _freeFrom.Length).Where(technician => _freeFrom[technician] <= day);

    /// <summary>Sends one to a station; gives the working day on whose morning he is there.</summary>
    public DateOnly Send(int technician, string stationId, DateOnly day)
    {
        var chance = Chance.Of(_seed, "road/" + stationId[..5]);
        var road = _repairs.RoadDays.DrawWhole(ref chance);
        var there = day.AddDays(road);
        while (!_calendar.IsWorkingDay(there))
        {
            there = there.AddDays(1);
        }

        // A day's work there, and the same road home.
        _freeFrom[technician] = there.AddDays(Math.Max(1, road));
        Trips++;
        return there;
    }

    /// <summary>Days until the spare for a life's place is there, from the day on which it is ordered.</summary>
    public int SpareDays(DeviceLife life) => Draw(_repairs.SpareDays, "spare", life);

    /// <summary>Days from a death until somebody has complained loudly enough.</summary>
    public int ComplaintDays(DeviceLife life) => Draw(_repairs.ComplaintDays, "complaint", life);

    private int Draw(Between days, string what, DeviceLife life)
    {
        var chance = Chance.Of(_seed, $"{what}/{life.StationId}/{life.Kind}", life.Number);
        return days.DrawWhole(ref chance);
    }
}
