using Ktp.Health.V1;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>The fates of a province's devices: each wears out by its age, unless a mishap ends it first.</summary>
internal sealed class Ageing(ScenarioFile file, IReadOnlyList<string> stationIds, IReadOnlyList<Mishap> mishaps, OfficeCalendar calendar, int seed)
{
    private const double DaysInAYear = 365.25;

    private static readonly string[] _codes = ["sensor-dead", "device-missing"];

    private readonly ILookup<(string StationId, DeviceKind Kind), Mishap> _mishaps = mishaps.ToLookup(mishap => (mishap.StationId, mishap.Kind));
    private readonly Dictionary<string, string> _districts = file.Stations.Zip(stationIds).ToDictionary(desk => desk.Second, desk => desk.First.District);

    public DeviceFate Draw(string stationId, DeviceKind kind, int number, DateTimeOffset begins)
    {
        var worn = ScenarioRules.Capture.Contains(kind) ? Worn(stationId, kind, number, begins) : DeviceFate.Well;
        var mishap = _mishaps[(stationId, kind)].FirstOrDefault(mishap => mishap.At > begins);
        return mishap is not null && !(mishap.At >= worn.DiesAt)
            ? worn with { DiesAt = mishap.At, Cause = mishap.Cause, Code = mishap.Code, WearFrom = null }
            : worn;
    }

    /// <summary>Days until a device of an age dies, for a draw of 0 to less than 1: a Weibull life, given that it has reached that age.</summary>
    internal static double DaysLeft(ScenarioAgeing ageing, double ageYears, double draw)
    {
        var reached = Math.Pow(ageYears / ageing.ScaleYears, ageing.Shape);
        return ((ageing.ScaleYears * Math.Pow(reached - Math.Log(1 - draw), 1 / ageing.Shape)) - ageYears) * DaysInAYear;
    }

    /// <summary>The first life has the age of its vintage; whatever a technician puts in is new.</summary>
    private DeviceFate Worn(string stationId, DeviceKind kind, int number, DateTimeOffset begins)
    {
        var ageing = file.Province!.Ageing;
        var chance = Chance.Of(seed, $"life/{stationId}/{kind}", number);
        var bought = ProvinceDesks.VintageOf(file.Province, _districts[stationId]).Year + chance.NextDouble();
        var age = number == 0 ? Math.Max(0, file.Start.Year - bought) : 0;
        var days = DaysLeft(ageing, age, chance.NextDouble());
        var ramp = ageing.RampDays.Draw(ref chance);
        var fate = new DeviceFate
        {
            UsualRatio = ageing.UsualRatio.Draw(ref chance),
            PeakRatio = ageing.PeakRatio.Draw(ref chance),
            Code = _codes[chance.Next(_codes.Length)],
        };
        var (beat, isSudden) = (chance.NextDouble(), chance.Happens(ageing.SuddenShare));

        // Who outlives the scenario by more than his signs show nothing in it; a date so far away might not even exist.
        if (days > file.End.DayNumber - file.Start.DayNumber + ageing.RampDays.To + 1)
        {
            return fate;
        }

        var dies = AtWork(begins.AddDays(days), begins, beat);
        return isSudden ? fate with { DiesAt = dies, Code = "power-fault" } : fate with { DiesAt = dies, WearFrom = dies.AddDays(-ramp) is var signs && signs > begins ? signs : begins };
    }

    /// <summary>A worn device dies while it is used: in the middle of a beat of the first working day from then on, and not before it begins.</summary>
    private DateTimeOffset AtWork(DateTimeOffset moment, DateTimeOffset begins, double draw)
    {
        for (var day = calendar.DayOf(moment); ; day = day.AddDays(1))
        {
            if (calendar.IsWorkingDay(day) && calendar.BeatAt(day, (int)(draw * calendar.BeatsPerDay)).AddMinutes(file.BeatMinutes / 2) is var dies && dies > begins)
            {
                return dies;
            }
        }
    }
}
