using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Tests;

/// <summary>Three regencies for a season in which everything breaks often; the file as text, to be spoilt.</summary>
internal static class SmallProvince
{
    public const string Json = """
        {
          "name": "small-province", "start": "2019-01-01", "end": "2019-06-30", "utcOffset": "+08:00",
          "office": { "opens": "08:00", "closes": "16:00", "days": ["monday", "tuesday", "wednesday", "thursday", "friday"] },
          "beatMinutes": 60, "city": "53", "holidays": ["2019-01-01", "2019-06-05"],
          "regions": [ { "code": "53", "name": "Nusa Tenggara Timur" } ],
          "province": {
            "regencies": [
              { "code": "53.01", "name": "Kabupaten Kupang", "desks": 3, "obliged": 3000, "recordedBefore": 1500 },
              { "code": "53.02", "name": "Timor Tengah Selatan", "desks": 2, "obliged": 2000, "recordedBefore": 500 },
              { "code": "53.71", "name": "Kota Kupang", "desks": 4, "obliged": 4000, "recordedBefore": 3000 }
            ],
            "vintages": [
              { "year": 2011, "share": 3, "models": { "fingerprint": "F-old", "iris": "I", "camera": "C", "printer": "P", "host": "H" } },
              { "year": 2018, "share": 1, "models": { "fingerprint": "F-new", "iris": "I", "camera": "C", "printer": "P" } }
            ],
            "capturesPerDay": [30, 60],
            "ageing": { "shape": 2, "scaleYears": 3, "suddenShare": 0.2, "rampDays": [5, 40], "peakRatio": [0.3, 0.6], "usualRatio": [0.01, 0.03] },
            "bouts": { "perDeviceYear": 2, "days": [1, 4], "failedShare": [0.05, 0.15] },
            "mishaps": [ { "cause": "rats", "perDeskYear": 1 }, { "cause": "theft", "perDeskYear": 0.5, "desk": true } ],
            "storms": { "perRegencyYear": 20, "months": [1, 2], "hours": [4, 36], "outShare": 0.5, "strikes": 0.3 },
            "links": { "outagesPerDeskYear": 10, "hours": [1, 20], "lostBeats": [0, 0.02] },
            "ribbonBatch": { "model": "P", "from": "2019-03-04", "to": "2019-03-15", "share": 0.8, "failedPrints": 0.35 },
            "repairs": { "technicians": 2, "roadDays": [1, 3], "spareDays": [5, 20], "complaintDays": [3, 14] }
          },
          "blanks": [ { "at": "2019-01-02T08:00", "count": 300 } ],
          "feed": { "region": "53", "perDay": [1, 3], "priorities": { "first-time": 1 } },
          "packets": { "share": 0.001 }
        }
        """;

    public static FleetPlan Plan(int seed = 1) => new(File(), seed);

    /// <summary>The same without mishaps, storms and broken lines: only wear and bouts.</summary>
    public static FleetPlan Calm(int seed = 1)
    {
        var file = File();
        return new FleetPlan(file with { Province = file.Province! with { Mishaps = [], Storms = null, Links = null } }, seed);
    }

    public static ScenarioFile File() => ScenarioReader.Parse(Json, "small-province");

    public static ScenarioException Refusal(string part, string spoilt)
    {
        Assert.Contains(part, Json, StringComparison.Ordinal);
        return Assert.Throws<ScenarioException>(() => ScenarioReader.Parse(Json.Replace(part, spoilt, StringComparison.Ordinal), "small-province"));
    }
}
