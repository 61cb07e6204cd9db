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
    private const int CardsBetweenKills = 90;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task City_WhoseServerIsKilledInTheMiddleOfItsWork_GoesOnAndLosesNothing(Engine engine)
    {
        using var folder = new TempFolder();
        var plan = new FleetPlan(ScenarioReader.Load(Path.Combine(AppContext.BaseDirectory, "Scenarios", "busy-days.json")), seed: 7);
        var database = engine == Engine.Postgres ? await PostgresFixture.CreateDatabaseAsync() : null;
        using var server = await KillableServer.StartAsync(folder["data"], plan.Start, database);
        var places = new FleetPlaces(server.Control, server.Upload, server.Pages, folder["data"], folder["fleet"]);
        places.MakeCentre(TimeProvider.System.GetUtcNow());
        using var link = ServerLink.Open(server.Control, folder["data"], TimeProvider.System);
        await using var run = new LockStep(plan, link, People.Synthetic(plan.Seed, plan.Start));
        await run.JoinAsync(places, NullLoggerFactory.Instance, CancellationToken.None);

        // Each time a station was told that it may start, and no card is fed yet: the most is at stake, and a lot is under way.
        var (cards, kills) = (0, 0);
        run.Tally.BeforeCard = async () =>
        {
            if (++cards % CardsBetweenKills == 0 && kills < Kills)
            {
                kills++;
                await server.KillAndRestartAsync();
            }
        };
        await run.PlayAsync(_ => Task.CompletedTask, CancellationToken.None);
        var summary = await new Witnesses(plan, link).HearAsync(run, places.Packets, CancellationToken.None);

        Assert.Equal(Kills, kills);
        Assert.Empty(summary.BrokenPromises());
        Assert.Equal(summary.Packets.Sealed, summary.Packets.Received);
        Assert.True(summary.Packets.Sealed > 10, $"Only {summary.Packets.Sealed} packets were sealed.");
        Assert.True(summary.Cards.Printed > 400, $"Only {summary.Cards.Printed} cards were printed.");
        Assert.True(summary.Cards.Destroyed > 0);
        Assert.Equal(0, summary.Incidents.FalseOnes);
    }
}
