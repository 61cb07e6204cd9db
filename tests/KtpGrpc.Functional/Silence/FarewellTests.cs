using KtpGrpc.Agent.Devices;
using KtpGrpc.Functional.Printing;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Stations;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Functional.Silence;

/// <summary>How the server tells an agent that is switched off from a line that broke.</summary>
public sealed class FarewellTests
{
    [Fact]
    public async Task Agent_ThatIsSwitchedOff_TakesItsLeave()
    {
        using var folder = new TempFolder();
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        var agent = await TestStation.JoinAsync(server, folder["station"], new Kit([], null, [new HostDevice(folder.Path)]));
        await agent.RunDueAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None);

        await agent.DisposeAsync();

        await Eventually.HoldsAsync(() => LineOf(server, agent.StationId) == Line.Left);
    }

    [Fact]
    public async Task Agent_WhoseConnectionIsGivenUp_IsABrokenLineUntilItIsHeardAgain()
    {
        using var folder = new TempFolder();
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        await using var agent = await TestStation.JoinAsync(server, folder["station"], new Kit([], null, [new HostDevice(folder.Path)]));
        await agent.RunDueAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None);

        await agent.DisconnectAsync();

        await Eventually.HoldsAsync(() => LineOf(server, agent.StationId) == Line.Broken);
        await agent.RunDueAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None);
        Assert.Equal(Line.Open, LineOf(server, agent.StationId));
    }

    [Fact]
    public async Task Connection_ThatIsCut_IsABrokenLine()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        using var line = new TcpProxy(server.ControlAddress);
        await using var station = new BeatingStation(await server.JoinAsync("53.71.04"), server.Authority);
        await station.OpenAsync(line.Address);

        line.Cut();

        await Eventually.HoldsAsync(() => LineOf(server, station.Id) == Line.Broken);
    }

    private static Line LineOf(RunningServer server, string station) =>
        server.Services.GetRequiredService<HealthMemory>().FindOrAdd(StationId.Require(station)).Presence.Line;
}
