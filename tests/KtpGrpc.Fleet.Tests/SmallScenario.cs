using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Tests;

/// <summary>Two desks of one city in March 2017: the first wears out, the second burns; the file as text, to be spoilt.</summary>
internal static class SmallScenario
{
    public const string Json = """
        {
          "name": "small", "start": "2017-02-01", "end": "2017-03-31", "utcOffset": "+08:00",
          "office": { "opens": "08:00", "closes": "10:00", "days": ["monday", "tuesday", "wednesday", "thursday", "friday"] },
          "beatMinutes": 15, "city": "53.71",
          "regions": [
            { "code": "53", "name": "Nusa Tenggara Timur" }, { "code": "53.71", "name": "Kota Kupang" },
            { "code": "53.71.04", "name": "Oebobo", "obliged": 1000, "recordedBefore": 500 },
            { "code": "53.71.05", "name": "Kota Raja", "obliged": 1000, "recordedBefore": 400 }
          ],
          "stations": [
            { "district": "53.71.04", "name": "Oebobo", "capturesPerDay": [30, 60], "kit": [
              { "kind": "fingerprint", "model": "F", "serial": "F-1" }, { "kind": "iris", "model": "I", "serial": "I-1" },
              { "kind": "camera", "model": "C", "serial": "C-1" }, { "kind": "printer", "model": "P", "serial": "P-1" } ] },
            { "district": "53.71.05", "name": "Kota Raja", "capturesPerDay": [30, 60], "kit": [
              { "kind": "fingerprint", "model": "F", "serial": "F-2" }, { "kind": "iris", "model": "I", "serial": "I-2" },
              { "kind": "camera", "model": "C", "serial": "C-2" } ] }
          ],
          "faults": [
            { "station": "53.71.04-1", "device": "fingerprint", "cause": "wear", "code": "sensor-dead",
              "diesFrom": "2017-03-30T08:00", "diesTo": "2017-03-30T09:30", "rampDays": [21, 35], "peakRatio": [0.4, 0.6] },
            { "station": "53.71.05-1", "cause": "fire", "diesFrom": "2017-03-20T00:00", "diesTo": "2017-03-21T00:00" }
          ],
          "uplinkOutages": [ { "region": "53.71", "from": "2017-02-14T08:30", "to": "2017-02-14T09:30" } ],
          "blanks": [ { "at": "2017-02-01T08:00", "count": 100 } ],
          "feed": { "region": "53.71", "perDay": [1, 3], "priorities": { "first-time": 1 } },
          "printing": { "cardsPerBeat": 5, "failedPrints": 0.02, "failedEncodes": 0.01, "jams": 0.01 },
          "destruction": { "at": "2017-03-24T09:00", "method": "fire", "place": "Halaman" },
          "packets": { "share": 0.1, "lostAnswers": 0.1 }
        }
        """;

    public static FleetPlan Plan(int seed = 1) => new(ScenarioReader.Parse(Json, "small"), seed);

    public static ScenarioException Refusal(string part, string spoilt)
    {
        Assert.Contains(part, Json, StringComparison.Ordinal);
        return Assert.Throws<ScenarioException>(() => ScenarioReader.Parse(Json.Replace(part, spoilt, StringComparison.Ordinal), "small"));
    }
}
