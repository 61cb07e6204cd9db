using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>Who comes to a desk: how many citizens in a beat, and how many of them with a full packet.</summary>
internal sealed class Visits(FleetPlan plan, ScenarioStation station, string stationId)
{
    /// <summary>Where a device is dead, people are sent home; the operator still tries it twice a day.</summary>
    private const int TriesOfADay = 2;

    /// <param name="Counted">Citizens of whom only the devices' counters tell.</param>
    /// <param name="Sealed">Citizens whose packet is sealed.</param>
    internal readonly record struct Beat(int Counted, int Sealed);

    public Beat At(DateTimeOffset now)
    {
        var working = plan.CanRecord(stationId, now);
        var citizens = ShareOfBeat(working ? OfDay(now) : Math.Min(OfDay(now), TriesOfADay), now);

        var packets = 0;
        var choice = Chance.Of(plan.Seed, stationId + "/packets", now.ToUnixTimeSeconds());
        for (var citizen = 0; citizen < citizens && working; citizen++)
        {
            packets += choice.Happens(plan.File.Packets.Share) ? 1 : 0;
        }

        return new Beat(citizens - packets, packets);
    }

    /// <summary>Citizens who come in a beat, whether anybody can record them or not.</summary>
    public int ComeAt(DateTimeOffset now) => ShareOfBeat(OfDay(now), now);

    private int OfDay(DateTimeOffset now)
    {
        var chance = Chance.Of(plan.Seed, stationId + "/visits", plan.Calendar.DayOf(now).DayNumber);
        return station.CapturesPerDay.DrawWhole(ref chance);
    }

    /// <summary>Evenly over the day, so that the beats add up to it.</summary>
    private int ShareOfBeat(int ofDay, DateTimeOffset now)
    {
        var (beat, beats) = (plan.Calendar.BeatOfDay(now), plan.Calendar.BeatsPerDay);
        return (ofDay * (beat + 1) / beats) - (ofDay * beat / beats);
    }
}

/// <summary>Citizens who do not exist, with numbers in the right form: PPKKDD DDMMYY SSSS, each number once.</summary>
internal static class InventedCitizens
{
    private const int Birthdays = 16_000;

    /// <summary>Numbers of recorded citizens begin here, far from those of the print-ready feed.</summary>
    private const int FirstRecorded = 10_000_000;

    /// <summary>More than a desk records in any scenario; 99 desks of a district stay below the last serial.</summary>
    private const int OfADesk = 1_000_000;

    private static readonly DateOnly _eldest = new(1950, 1, 1);
    private static readonly string[] _first = ["Maria", "Yohanes", "Agustina", "Petrus", "Yuliana", "Markus", "Kristina", "Paulus", "Fransiska", "Simon"];
    private static readonly string[] _last = ["Bessie", "Tallo", "Nalle", "Lay", "Manafe", "Benu", "Adoe", "Foenay", "Kana", "Riwu", "Taneo"];

    /// <summary>The n-th, from 0, who is recorded at a desk; two desks of one district record nobody twice.</summary>
    /// <param name="stationId">District and number of the desk: 53.71.04-2.</param>
    public static Citizen AtDesk(string district, string stationId, int n)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(n, OfADesk);
        var desk = int.Parse(stationId.AsSpan(district.Length + 1), System.Globalization.CultureInfo.InvariantCulture);
        return Number(district, FirstRecorded + (desk * OfADesk) + n);
    }

    /// <summary>The n-th of a district, from 0; below 100 million all are different.</summary>
    public static Citizen Number(string district, int n)
    {
        var born = _eldest.AddDays(n % Birthdays);
        var woman = (n % _first.Length) % 2 == 0;
        var nik = $"{district.Replace(".", "", StringComparison.Ordinal)}{born.Day + (woman ? 40 : 0):D2}{born.Month:D2}{born.Year % 100:D2}{(n / Birthdays) + 1:D4}";
        return new Citizen(Nik.Parse(nik), $"{_first[n % _first.Length]} {_last[n / 7 % _last.Length]}");
    }
}
