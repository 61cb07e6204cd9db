using Ktp.Health.V1;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>What ends whatever stands in a place at a moment: rats, thieves, fire, lightning. It comes whoever repairs what, and when.</summary>
internal sealed record Mishap(string StationId, DeviceKind Kind, DateTimeOffset At, FaultCause Cause, string Code);

/// <summary>A storm over a regency.</summary>
internal sealed record Storm(string Region, DateTimeOffset From, DateTimeOffset To, bool IsOut)
{
    public bool Covers(string place, DateTimeOffset now) => From <= now && now < To && place.StartsWith(Region, StringComparison.Ordinal);
}

/// <summary>The weather and the mishaps of a province, by the seed.</summary>
internal static class Mishaps
{
    private const double DaysInAYear = 365.25;

    public static IReadOnlyList<Storm> Storms(ScenarioFile file, int seed, DateTimeOffset start, DateTimeOffset end)
    {
        if (file.Province is not { Storms: { } storms } province)
        {
            return [];
        }

        // As many in the days of the rains as are told for a whole year; a year without rains has none.
        var days = Enumerable.Range(0, (int)(end - start).TotalDays).Select(day => start.AddDays(day)).ToList();
        var rains = days.FindAll(day => storms.Months.Contains(file.UtcOffset.Local(day).Month));
        var perDay = storms.PerRegencyYear / (DaysInAYear * storms.Months.Count / 12);
        return
        [
            .. from regency in province.Regencies
               from day in rains
               let chance = Chance.Of(seed, "storm/" + regency.Code, day.ToUnixTimeSeconds())
               where chance.Happens(perDay)
               let storm = Draw(storms, regency.Code, day, chance)
               where storm.To < end
               orderby storm.From
               select storm,
        ];
    }

    public static IReadOnlyList<Mishap> Of(ScenarioFile file, IReadOnlyList<string> stationIds, IReadOnlyList<Storm> storms, int seed, DateTimeOffset start, DateTimeOffset end)
    {
        if (file.Province is not { } province)
        {
            return [];
        }

        var found = new List<Mishap>();
        foreach (var id in stationIds)
        {
            foreach (var kind in province.Mishaps)
            {
                // Times between two are exponential: what comes without a cause comes without a memory.
                var chance = Chance.Of(seed, $"mishap/{id}/{kind.Cause}");
                for (var at = start; kind.PerDeskYear > 0;)
                {
                    at = at.AddDays(-Math.Log(1 - chance.NextDouble()) / kind.PerDeskYear * DaysInAYear);
                    if (at >= end)
                    {
                        break;
                    }

                    found.Add(new Mishap(id, kind.Desk ? DeviceKind.Station : ScenarioRules.Capture[chance.Next(ScenarioRules.Capture.Count)], at, kind.Cause, kind.Code));
                }
            }

            foreach (var storm in storms.Where(storm => id.StartsWith(storm.Region, StringComparison.Ordinal)))
            {
                var chance = Chance.Of(seed, "lightning/" + id, storm.From.ToUnixTimeSeconds());
                if (chance.Happens(province.Storms!.Strikes))
                {
                    var at = storm.From + ((storm.To - storm.From) * chance.NextDouble());

                    // Through the mains it takes the whole desk, through a cable one device.
                    found.Add(chance.Happens(0.6)
                        ? new Mishap(id, DeviceKind.Station, at, FaultCause.Lightning, "")
                        : new Mishap(id, ScenarioRules.Capture[chance.Next(ScenarioRules.Capture.Count)], at, FaultCause.Lightning, "power-fault"));
                }
            }
        }

        return [.. found.OrderBy(mishap => mishap.At)];
    }

    private static Storm Draw(ScenarioStorms storms, string region, DateTimeOffset day, Chance chance)
    {
        var from = day.AddMinutes(chance.Next(24 * 60));
        return new Storm(region, from, from.AddHours(storms.Hours.Draw(ref chance)), chance.Happens(storms.OutShare));
    }
}
