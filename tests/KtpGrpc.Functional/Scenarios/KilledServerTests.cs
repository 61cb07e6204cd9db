using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;
using KtpGrpc.Fleet.Scenarios;
using KtpGrpc.Fleet.Witness;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KtpGrpc.Functional.Scenarios;

public sealed class KilledServerTests
{
    private const int Kills = 4;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task City_WhoseServerIsKilledInTheMiddleOfItsWork_GoesOnAndLosesNothing(Engine engine)
    {
        using var folder = new TempFolder();
        var plan = new FleetPlan(ScenarioReader.Load(Path.Combine(AppContext.BaseDirectory, "Scenarios", "busy-days.json")), seed: 7);
        var database = engine == Engine.Postgres ? await PostgresFixture.CreateDatabaseAsync() : null;
        using var server = await ServerProcess.StartAsync(folder["data"], plan.Start, database);
        var places = new FleetPlaces(server.Control, server.Upload, server.Pages, folder["data"], folder["fleet"]);
        places.MakeCentre(TimeProvider.System.GetUtcNow());
        using var link = ServerLink.Open(server.Control, folder["data"], TimeProvider.System);
        await using var run = new LockStep(plan, link, People.Synthetic(plan.Seed, plan.Start));
        await run.JoinAsync(places, NullLoggerFactory.Instance, CancellationToken.None);

        // The kill falls into the next step, at a moment that only chance knows, while stations print and upload.
        var beats = plan.Beats.Count();
        var (beat, kills) = (0, new List<Task>());
        await run.PlayAsync(_ =>
        {
            beat++;
            if (beat % (beats / (Kills + 1)) == 0 && kills.Count < Kills)
            {
                kills.Add(KillSoonAsync(server));
            }

            return Task.CompletedTask;
        }, CancellationToken.None);
        await Task.WhenAll(kills);
        var summary = await new Witnesses(plan, link).HearAsync(run, places.Packets, CancellationToken.None);

        Assert.Equal(Kills, kills.Count);
        Assert.Empty(summary.BrokenPromises());
        Assert.Equal(summary.Packets.Sealed, summary.Packets.Received);
        Assert.True(summary.Packets.Sealed > 10, $"Only {summary.Packets.Sealed} packets were sealed.");
        Assert.True(summary.Cards.Printed > 400, $"Only {summary.Cards.Printed} cards were printed.");
        Assert.Equal(0, summary.Incidents.FalseOnes);
    }

    private static async Task KillSoonAsync(ServerProcess server)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(0, 120)), TimeProvider.System);
        await server.KillAndRestartAsync();
    }
}
