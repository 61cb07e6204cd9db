using KtpGrpc.Agent;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KtpGrpc.Functional;

/// <summary>An agent in a process of its own, whose printer picks a card and never ends: it is there to be killed.</summary>
internal static class StationChild
{
    public const string Verb = "station";

    public static ChildProcess Start(AgentOptions options) => ChildProcess.Start(
        "dotnet", ["exec", typeof(StationChild).Assembly.Location, Verb, options.Folder, $"{options.Control}", $"{options.Upload}"]);

    public static async Task<int> RunAsync(string folder, Uri control, Uri upload)
    {
        var printer = new PaperPrinter(order =>
        {
            Console.WriteLine($"feeding {order.IssuanceId}");
            return new TaskCompletionSource<PrintOutcome>().Task;
        });
        var options = new AgentOptions { Folder = folder, Control = control, Upload = upload };
        await using var agent = await StationAgent.OpenAsync(
            options, new Kit([], printer, []), TimeProvider.System, NullLoggerFactory.Instance, joinToken: null, CancellationToken.None);
        await agent.RunDueAsync(StationBench.Now, CancellationToken.None);
        return 1;
    }
}
