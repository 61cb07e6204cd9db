namespace KtpGrpc.Testing.Tests;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task Line_OfEitherOutput_IsWaitedFor()
    {
        using var child = ChildProcess.Start("sh", ["-c", "echo listening on 4711; echo $GREETING >&2; sleep 600"],
            new Dictionary<string, string?> { ["GREETING"] = "good day" });

        var port = await child.WaitForLineAsync(@"on (\d+)");
        await child.WaitForLineAsync("good day");

        Assert.Equal("4711", port.Groups[1].Value);
    }

    [Fact]
    public async Task Line_OfAProcessThatEndedWithoutIt_FailsAtOnceWithWhatItSaid()
    {
        using var child = ChildProcess.Start("sh", ["-c", "echo no such table; exit 3"]);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => child.WaitForLineAsync("listening"));

        Assert.Contains("ended with 3", fault.Message);
        Assert.Contains("no such table", fault.Message);
    }

    [Fact]
    public async Task Kill_OfAProcessThatHeedsNoSignal_EndsIt()
    {
        using var child = ChildProcess.Start("sh", ["-c", "trap 'echo no' TERM; echo ready; while :; do sleep 0.01; done"]);
        await child.WaitForLineAsync("ready");

        await child.TerminateAsync();
        await child.WaitForLineAsync("no");
        child.Kill();

        Assert.Equal(128 + 9, await child.WaitForExitAsync());
    }

    [Fact]
    public void Dispose_OfARunningProcess_EndsIt()
    {
        var child = ChildProcess.Start("sleep", ["600"]);

        child.Dispose();

        Assert.False(Directory.Exists($"/proc/{child.Id}"));
    }
}
