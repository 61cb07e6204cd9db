using System.Text;
using System.Text.RegularExpressions;

namespace KtpGrpc.Architecture;

/// <summary>The house as a Mermaid flowchart, and its place in a document.</summary>
internal static partial class Picture
{
    public static string Draw(House house, Columns columns)
    {
        var folders = columns.Line
            .Select(column => column.Where(house.Folders.Contains).ToArray())
            .Where(column => column.Length > 0)
            .ToArray();
        var text = new StringBuilder("```mermaid\nflowchart LR\n");
        foreach (var (number, column) in folders.Index().Reverse())
        {
            text.Append($"  subgraph column{number + 1}[\" \"]\n");
            text.AppendJoin("", column.Select(folder => $"    {folder}\n"));
            text.Append("  end\n");
        }

        foreach (var from in folders.Reverse().SelectMany(column => column))
        {
            var named = house.Edges.Where(edge => edge.From == from).Select(edge => edge.To).ToHashSet();
            var line = string.Join(" & ", folders.SelectMany(column => column).Where(named.Contains));
            text.Append(line.Length == 0 ? "" : $"  {from} --> {line}\n");
        }

        return text.Append("```\n").ToString();
    }

    /// <summary>The document with the picture between its two markers.</summary>
    public static string Into(string markdown, string picture) => Markers().IsMatch(markdown)
        ? Markers().Replace(markdown, match => $"{match.Groups[1].Value}{picture}{match.Groups[2].Value}")
        : throw new FormatException("The document needs the lines <!-- house:begin --> and <!-- house:end -->.");

    [GeneratedRegex(@"^(<!-- house:begin -->\n).*?^(<!-- house:end -->)$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Markers();
}
