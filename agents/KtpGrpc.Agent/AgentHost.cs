using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent;

/// <summary>
/// Keeps one station going until it is stopped: its session, its uploads and its printer beside each other, so that
/// neither a backlog of packets nor a long card keeps the samples waiting by which the server knows that the station lives.
/// </summary>
internal sealed partial class AgentHost(StationAgent agent, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<AgentHost> logger) : BackgroundService
{
    /// <summary>What ended the agent although nobody asked it to stop: a fault that no waiting cures.</summary>
    public Exception? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var connected = false;
        Task[] work =
        [
            KeepAsync(async cancellation =>
            {
                var outcome = await agent.TalkAsync(cancellation);
                if (outcome is StepOutcome.Done != connected)
                {
                    connected = !connected;
                    LogLink(logger, agent.StationId, connected ? "connected" : "not connected");
                }

                return outcome;
            }, ended.Token),
            KeepAsync(agent.UploadAsync, ended.Token),
            KeepAsync(agent.PrintAsync, ended.Token),
        ];
        await Task.WhenAny(work);
        await ended.CancelAsync();
        try
        {
            await Task.WhenAll(work);
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped as asked; what was under way is on the disk.
        }
        catch (Exception fault)
        {
            Fault = fault;
            LogFault(logger, fault, agent.StationId);
            lifetime.StopApplication();
        }
    }

    /// <summary>Does one kind of work again and again.</summary>
    private async Task KeepAsync(Func<CancellationToken, Task<StepOutcome>> work, CancellationToken cancellation)
    {
        await Task.Yield();
        while (!cancellation.IsCancellationRequested)
        {
            var outcome = await work(cancellation);
            await Task.Delay(outcome is StepOutcome.Away away ? away.RetryIn : agent.SampleInterval, time, cancellation);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Station {Station} is {State}.")]
    private static partial void LogLink(ILogger logger, string station, string state);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Station {Station} cannot go on.")]
    private static partial void LogFault(ILogger logger, Exception fault, string station);
}
