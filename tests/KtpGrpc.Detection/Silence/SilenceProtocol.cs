using System.Globalization;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Detection.Silence;

/// <summary>
/// Protocol D: a fleet whose kits beat each five minutes of their hours, with outages, a holiday and deaths. Two weeks only learn; a
/// notice is right at or after the kit's death.
/// </summary>
internal static class SilenceProtocol
{
    public const double DaysToLearn = 14;

    private const int Slot = 5;
    private const double MonthDays = 30.44;

    /// <summary>A Monday, 00:00.</summary>
    private static readonly DateTimeOffset _start = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly Protocol Protocol = new(
        "silence", given => Replay(given.Test), folder => [Replay(new FileInfo(Path.Combine(folder.FullName, "silence_dev.csv.gz")))]);

    private static Report Replay(FileInfo file)
    {
        var truth = new FileInfo(file.FullName.Replace(".csv.gz", "_truth.csv", StringComparison.Ordinal));
        var deaths = CsvFile.Read(truth, "kind", "subject", "minute").Where(row => row[0] == "kit_death").ToDictionary(row => row[1], row => CsvFile.Whole(row[2]));
        var beats = CsvFile.Read(file, "minute", "kit", "regency").Select(row => new Beat(CsvFile.Whole(row[0]), row[1], row[2]));
        return Judge(file.Name, beats, deaths);
    }

    /// <summary>Replays beats that are sorted by their minute.</summary>
    public static Report Judge(string title, IEnumerable<Beat> beats, IReadOnlyDictionary<string, long> deaths)
    {
        var (country, kits, slot) = (new Country(), new Dictionary<string, StationId>(), 0L);
        foreach (var beat in beats)
        {
            for (; slot < beat.Minute; slot += Slot)
            {
                Look(country, slot);
            }

            if (!kits.TryGetValue(beat.Kit, out var id))
            {
                kits[beat.Kit] = id = StationOf(beat);
            }

            country.Hear(id, At(beat.Minute));
        }

        Look(country, slot);
        return Figures(title, country, kits, deaths, slot / 1440.0 - DaysToLearn);
    }

    private static void Look(Country country, long slot)
    {
        if (slot >= DaysToLearn * 1440)
        {
            country.Look(At(slot));
        }
    }

    private static Report Figures(string title, Country country, Dictionary<string, StationId> kits, IReadOnlyDictionary<string, long> deaths, double days)
    {
        var dead = deaths.Where(death => kits.ContainsKey(death.Key)).ToDictionary(death => kits[death.Key], death => At(death.Value));
        bool IsRight(Notice notice) => dead.TryGetValue(notice.Station, out var death) && notice.At >= death;
        var delays = country.Notices.Where(IsRight).GroupBy(notice => notice.Station).Select(notices => (notices.Min(notice => notice.At) - dead[notices.Key]).TotalHours).Order().ToList();
        var wrong = country.Notices.Count(notice => !IsRight(notice));
        return new Report(title, [
            new Figure("recall of deaths", (double)delays.Count / dead.Count, "0.000", Least: 0.93),
            new Figure("precision", 1 - (double)wrong / Math.Max(1, country.Notices.Count), "0.000"),
            new Figure("median delay, hours", delays.Count > 0 ? delays[delays.Count / 2] : double.NaN, "0.00", Most: 3),
            new Figure("false alarms per kit-month", wrong / (kits.Count * days / MonthDays), "0.000", Most: 0.30),
            new Figure("group notices of offices", country.Groups.Count(group => group.Region.Length > 0), "0"),
            new Figure("group notices of the country", country.Groups.Count(group => group.Region.Length == 0), "0"),
        ]);
    }

    private static DateTimeOffset At(long minute) => _start.AddMinutes(minute);

    /// <summary>Kit K326 of G33 is the 326th of one district of the regency 90.33.</summary>
    private static StationId StationOf(Beat beat) => StationId.Of(
        RegionCode.Trusted(string.Create(CultureInfo.InvariantCulture, $"90.{CsvFile.Whole(beat.Regency[1..]):00}.01")), CsvFile.Whole(beat.Kit[1..]));

    internal sealed record Beat(long Minute, string Kit, string Regency);
}
