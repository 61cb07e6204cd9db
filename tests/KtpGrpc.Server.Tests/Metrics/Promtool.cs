using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Metrics;

/// <summary>Prometheus' own judge of what it is to read.</summary>
internal static class Promtool
{
    /// <summary>Days of rules take it some fifteen seconds of a processor that others may want as well.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    /// <summary>Judges a page of metrics.</summary>
    public static async Task PassesAsync(string page)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["page"], page);
        using var promtool = ChildProcess.Start("/bin/sh", ["-c", "/usr/bin/promtool check metrics < \"$0\"", folder["page"]]);
        Assert.True(await promtool.WaitForExitAsync() == 0, $"{promtool}");
    }

    /// <summary>Runs any of its commands in a folder, and gives what it said.</summary>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        using var promtool = ChildProcess.Start("/usr/bin/promtool", arguments, folder: folder);
        Assert.True(await promtool.WaitForExitAsync(_patience) == 0, $"{promtool}");
        return string.Join('\n', promtool.Lines);
    }
}
