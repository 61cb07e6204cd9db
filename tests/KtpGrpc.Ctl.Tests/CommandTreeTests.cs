using System.CommandLine;
using System.Text.RegularExpressions;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed partial class CommandTreeTests
{
    /// <summary>A test gives a command word by word, in one list: "printing", "hand-over".</summary>
    [Fact]
    public void Command_OfTheTree_IsRunByATest()
    {
        var tests = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "KtpGrpc.Ctl.Tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var run = Lists().Matches(tests).Select(list => list.Value).ToList();

        var missed = Leaves(CommandLine.Make(Terminal.OfConsole()), []).Where(path => !run.Exists(list => list.Contains($"\"{string.Join("\", \"", path)}\"", StringComparison.Ordinal)));

        Assert.Empty(missed.Select(path => string.Join(' ', path)));
    }

    private static IEnumerable<string[]> Leaves(Command command, string[] path) =>
        command.Subcommands.Count == 0 ? [path] : command.Subcommands.SelectMany(inner => Leaves(inner, [.. path, inner.Name]));

    /// <summary>Words in quotes with commas between.</summary>
    [GeneratedRegex("""(?:"[a-z-]+"(?:, )?)+""")]
    private static partial Regex Lists();
}
