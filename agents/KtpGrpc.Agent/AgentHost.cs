using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent;

/// <summary>Keeps one station going: a step at once, and again after the interval that the server asks for, until it is stopped.</summary>
internal sealed partial class AgentHost(StationAgent agent, TimeProvider time, ILogger<AgentHost> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var connected = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var outcome = await agent.RunDueAsync(time.GetUtcNow(), stoppingToken);
            if (outcome is StepOutcome.Done != connected)
            {
                connected = !connected;
                LogLink(logger, agent.StationId, connected ? "connected" : "not connected");
            }

            await Task.Delay(outcome is StepOutcome.Away away ? away.RetryIn : agent.SampleInterval, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Station {Station} is {State}.")]
    private static partial void LogLink(ILogger logger, string station, string state);
}
