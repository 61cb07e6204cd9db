using System.Diagnostics;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Functional;

public sealed class AgentProgramTests
{
    [Fact]
    public async Task Server_WithoutAScheme_IsRefusedWithTheRightForm()
    {
        using var agent = Start("--folder", "/nowhere", "--server", "127.0.0.1:5443");

        Assert.Equal(2, await agent.WaitForExitAsync());
        Assert.Contains("write https://HOST:5443", agent.ToString());
    }

    [Fact]
    public async Task Identity_ThatIsDamaged_IsRefusedInWordsAndWithoutAStackTrace()
    {
        using var folder = new TempFolder();
        foreach (var file in new[] { "station.pem", "station.key.pem", "authority.cer" })
        {
            await File.WriteAllTextAsync(folder[file], "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        }

        using var agent = Start("--folder", folder.Path, "--server", "https://127.0.0.1:5443");

        Assert.Equal(1, await agent.WaitForExitAsync());
        Assert.Contains("is damaged", agent.ToString());
        Assert.DoesNotContain("   at ", agent.ToString());
    }

    [Theory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public async Task Agent_ThatIsStopped_EndsWithZeroAndWithoutAStackTrace(string signal)
    {
        await using var bench = await StationBench.StartAsync();
        await (await bench.OpenAsync()).DisposeAsync();
        using var agent = Start("--folder", bench.Folder, "--server", $"{bench.Server.ControlAddress}", "--upload", $"{bench.Server.UploadAddress}");
        await agent.WaitForLineAsync("is connected");
        Assert.Contains("the kit is Host alone", agent.ToString());

        using (var kill = Process.Start("kill", [signal, $"{agent.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        var code = await agent.WaitForExitAsync();
        Assert.True(code == 0, $"{code}: {agent}");
        Assert.DoesNotContain("   at ", agent.ToString());
        Assert.DoesNotContain("fail:", agent.ToString());
    }

    /// <summary>As it is shipped: beside the tests it would lack the packages that ASP.NET brings along there.</summary>
    private static readonly string _program = Path.Combine(
        Repository.Root, "agents", "KtpGrpc.Agent", "bin", Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "KtpGrpc.Functional", "bin"), AppContext.BaseDirectory), "KtpGrpc.Agent.dll");

    /// <summary>Whoever runs the tests in the background has SIGINT ignored, and would hand that on.</summary>
    private static ChildProcess Start(params string[] arguments) =>
        ChildProcess.Start("env", ["--default-signal=INT", "dotnet", _program, .. arguments]);
}
