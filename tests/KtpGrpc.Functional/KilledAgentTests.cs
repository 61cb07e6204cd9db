using Ktp.Printing.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Devices;
using Xunit;

namespace KtpGrpc.Functional;

public sealed class KilledAgentTests : IAsyncLifetime
{
    private StationBench _bench = null!;

    public async Task InitializeAsync() => _bench = await StationBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Agent_KilledBetweenStartAndReport_PrintsNothingAgainAndTheAttemptIsUnknown()
    {
        var kit = new Kit([], new PaperPrinter(new PrintOutcome.Printed("")), []);
        await using (var first = await _bench.OpenAsync(kit))
        {
            await _bench.FeedAsync(first, 2);
        }

        using var child = StationChild.Start(_bench.Options);
        var fed = (await child.WaitForLineAsync("feeding (.+)")).Groups[1].Value;
        child.Kill();
        await child.WaitForExitAsync();

        var printer = new PaperPrinter(new PrintOutcome.Printed(""));
        await using var second = await _bench.OpenAsync(new Kit([], printer, []));
        Assert.IsType<StepOutcome.Done>(await second.RunDueAsync(StationBench.Now, CancellationToken.None));

        Assert.DoesNotContain(fed, printer.Fed);
        Assert.Single(printer.Fed);
        Assert.Equal([JobState.Unknown, JobState.Printed], (await _bench.JobsAsync()).Select(job => job.State).OrderDescending());
    }
}
