using System.Text;

namespace KtpGrpc.Benchmarks;

/// <summary>Writes the figures of a contest between its marks in docs/benchmarks.md; the words around them are a person's.</summary>
internal static class Document
{
    public static void Write(string path, Contest contest)
    {
        var (begin, end) = ($"<!-- {contest.Name}:begin -->", $"<!-- {contest.Name}:end -->");
        var text = File.ReadAllText(path);
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"{path} has no marks {begin} and {end}.");
        }

        File.WriteAllText(path, text[..(from + begin.Length)] + "\n" + Table(contest) + text[to..]);
    }

    private static string Table(Contest contest)
    {
        var table = new StringBuilder();
        table.Append($"| {contest.Rounds.Count} pairs, medians | {string.Join(" | ", contest.Contestants)} | ours / {contest.Contestants[1]} (least to most) | bar | |\n");
        table.Append($"|---|{string.Concat(contest.Contestants.Select(_ => "---:|"))}---|---|---|\n");
        foreach (var (i, figure) in contest.Figures.Index())
        {
            var values = contest.Contestants.Index().Select(contestant => Report.Show(contest.ValueOf(contestant.Index, i).Median));
            var ratio = contest.RatioOf(1, i);
            table.Append($"| {figure.Name}, {figure.Unit} | {string.Join(" | ", values)} | ");
            table.Append(double.IsFinite(ratio.Median) ? $"{ratio.Median:0.00} ({ratio.Least:0.00} to {ratio.Most:0.00})" : "");
            table.Append(figure.Bar is { } bar ? $" | {bar} | {(bar.Holds(ratio.Median) ? "held" : "missed")} |\n" : " | | |\n");
        }

        return table.ToString();
    }
}
