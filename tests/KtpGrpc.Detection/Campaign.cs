using KtpGrpc.Testing;

namespace KtpGrpc.Detection;

/// <summary>All protocols over a folder of development files; the figures go into docs/detection.md, between its marks.</summary>
internal static class Campaign
{
    private const string Begin = "<!-- figures:begin -->";
    private const string End = "<!-- figures:end -->";

    public static int Play(DirectoryInfo folder, TextWriter output)
    {
        var reports = new List<Report>();
        foreach (var report in Protocol.All.SelectMany(protocol => protocol.Develop(folder)))
        {
            report.Write(output);
            reports.Add(report);
        }

        WriteTable(Path.Combine(Repository.Root, "docs", "detection.md"), reports);
        var missed = reports.Sum(report => report.Figures.Count(figure => !figure.Holds));
        output.WriteLine(missed == 0 ? "every line holds" : $"{missed} lines missed");
        return missed == 0 ? 0 : 1;
    }

    private static void WriteTable(string path, List<Report> reports)
    {
        var page = File.ReadAllText(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"{path} has no place for the figures: {Begin} and {End}.");
        }

        var rows = reports.SelectMany(report => report.Figures.Select(figure => $"| {report.Title} | {figure.Name} | {figure.Text} | {figure.Line} |"));
        File.WriteAllText(path, $"{page[..from]}{Begin}\n| replay | figure | seen | line |\n|---|---|---|---|\n{string.Join('\n', rows)}\n{page[to..]}");
    }
}
