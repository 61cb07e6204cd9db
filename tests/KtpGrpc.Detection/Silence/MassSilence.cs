using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Detection.Silence;

/// <summary>
/// The real fleet of which most machines stop reporting in waves. A machine reports once a day, and a station beats: so a report is
/// replayed as a day of hourly beats from 08:00 to 15:00, all machines as one region. A machine that failed is known, and is taken away
/// behind its last row; of all others the right answer is not known, so notices are counted and not judged.
/// </summary>
internal static class MassSilence
{
    private const int Opens = 8;
    private const int Closes = 15;

    private static readonly DateTimeOffset _start = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RegionCode _district = RegionCode.Trusted("90.01.01");

    public static readonly Protocol Protocol = new(
        "mass-silence", given => Replay(given.Test), folder => [Replay(new FileInfo(Path.Combine(folder.FullName, "fleet_dev.csv.gz")))]);

    private static Report Replay(FileInfo file) => Judge(
        file.Name, CsvFile.Read(file, "day", "machine", "failure").Select(row => new Seen(CsvFile.Whole(row[0]), row[1], row[2] == "1")));

    /// <summary>Replays reports that are sorted by their day.</summary>
    public static Report Judge(string title, IEnumerable<Seen> reports)
    {
        var (country, machines, next, naive) = (new Country(), new Dictionary<string, (StationId Id, long Last)>(), 0L, 0);
        foreach (var day in reports.GroupBy(report => report.Day))
        {
            // On a day on which nobody at all reports, time goes on.
            for (; next < day.Key; next++)
            {
                Live(country, next, []);
            }

            var today = new List<StationId>();
            foreach (var report in day)
            {
                var known = machines.TryGetValue(report.Machine, out var machine);
                var id = known ? machine.Id : StationId.Of(_district, machines.Count + 1);
                naive += known && report.Day - machine.Last > 1 ? 1 : 0;
                machines[report.Machine] = (id, report.Failed ? long.MaxValue : report.Day);
                today.Add(id);
            }

            Live(country, next++, today);
            day.Where(report => report.Failed).ToList().ForEach(report => country.Forget(machines[report.Machine].Id));
        }

        naive += machines.Values.Count(machine => machine.Last < next - 1);
        var (single, groups) = (country.Notices.Count, country.Groups.Count);
        return new Report("mass silence, " + title, [
            new Figure("notices", single + groups, "0", Most: 67),
            new Figure("of one machine", single, "0"),
            new Figure("of a group", groups, "0"),
            new Figure("alarms by \"no report for a day\"", naive, "0"),
        ]);
    }

    private static void Live(Country country, long day, List<StationId> reporting)
    {
        for (var hour = Opens; hour <= Closes; hour++)
        {
            var now = _start.AddDays(day).AddHours(hour);
            country.Look(now);
            reporting.ForEach(id => country.Hear(id, now));
        }
    }

    internal sealed record Seen(long Day, string Machine, bool Failed);
}
