using System.Globalization;
using System.Text.Json.Nodes;

namespace KtpGrpc.Benchmarks;

/// <summary>A contest as lines for a person, or as one JSON object.</summary>
internal static class Report
{
    public static void WriteRun(string name, int round, string contestant, IReadOnlyList<Figure> figures, double[] values) => Console.Error.WriteLine(
        $"{name} {(round < 0 ? "warm-up" : "pair " + (round + 1)),-8} {contestant,-20} {string.Join("  ", figures.Zip(values, (figure, value) => $"{Show(value),10} {figure.Unit}"))}");

    public static IEnumerable<string> Lines(Contest contest)
    {
        for (var other = 1; other < contest.Contestants.Count; other++)
        {
            foreach (var (i, figure) in contest.Figures.Index())
            {
                var ratio = contest.RatioOf(other, i);
                if (double.IsFinite(ratio.Median))
                {
                    yield return $"{contest.Name}: {figure.Name}, ours / {contest.Contestants[other]}: median {ratio.Median:0.00} ({ratio.Least:0.00} to {ratio.Most:0.00})"
                        + (other == 1 && figure.Bar is { } bar ? $", bar {bar}: {(bar.Holds(ratio.Median) ? "held" : "MISSED")}" : "");
                }
            }
        }
    }

    public static string Json(Contest contest) => new JsonObject
    {
        ["benchmark"] = contest.Name,
        ["held"] = contest.Holds,
        ["figures"] = new JsonArray([.. contest.Figures.Index().Select(figure => new JsonObject
        {
            ["name"] = figure.Item.Name,
            ["unit"] = figure.Item.Unit,
            ["bar"] = figure.Item.Bar?.ToString(),
            ["runs"] = new JsonObject(contest.Contestants.Index().Select(contestant => KeyValuePair.Create(
                contestant.Item, (JsonNode?)new JsonArray([.. contest.Rounds.Select(round => (JsonNode?)round.Values[contestant.Index][figure.Index])])))),
            ["ratios"] = new JsonObject(contest.Contestants.Index().Skip(1).Select(contestant => KeyValuePair.Create(
                contestant.Item, (JsonNode?)Json(contest.RatioOf(contestant.Index, figure.Index))))),
        })]),
    }.ToJsonString();

    public static string Show(double value) =>
        value.ToString(Math.Abs(value) switch { 0 => "0", >= 1000 => "#,0", >= 100 => "0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);

    private static JsonObject? Json(Spread ratio) => double.IsFinite(ratio.Median)
        ? new JsonObject { ["median"] = ratio.Median, ["least"] = ratio.Least, ["most"] = ratio.Most }
        : null;
}
