using System.Text.RegularExpressions;

namespace KtpGrpc.Architecture;

/// <summary>The rule of who may name whom: columns of folders, of which each may name what stands in a column left of its own.</summary>
internal sealed partial class Columns
{
    private readonly Dictionary<string, int> _columns = [];

    private Columns(string line)
    {
        Line = [.. line.Split('|').Select(column => column.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        for (var column = 0; column < Line.Count; column++)
        {
            foreach (var folder in Line[column])
            {
                _columns.Add(folder, column);
            }
        }
    }

    public IReadOnlyList<IReadOnlyList<string>> Line { get; }

    /// <summary>Reads the rule from the one fenced block of a document that has "columns" for its info string.</summary>
    public static Columns Read(string markdown)
    {
        var blocks = Block().Matches(markdown);
        var lines = blocks.Count == 1 ? blocks[0].Groups[1].Value.Trim().Split('\n') : [];
        return lines.Length == 1
            ? new Columns(lines[0])
            : throw new FormatException("The document needs one block ```columns with one line in it.");
    }

    public bool Knows(string folder) => _columns.ContainsKey(folder);

    public bool MayName(string from, string to) =>
        from == to || (_columns.TryGetValue(from, out var right) && _columns.TryGetValue(to, out var left) && left < right);

    [GeneratedRegex(@"^```columns\r?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
