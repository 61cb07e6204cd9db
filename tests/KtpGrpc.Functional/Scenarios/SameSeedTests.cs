using Ktp.Destruction.V1;
using Ktp.Printing.V1;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;
using KtpGrpc.Fleet.Scenarios;
using KtpGrpc.Fleet.Witness;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KtpGrpc.Functional.Scenarios;

public sealed class SameSeedTests
{
    private const int Days = 3;

    [Fact]
    public async Task Scenario_PlayedTwiceWithOneSeed_GivesTheSameSummary()
    {
        var file = ScenarioReader.Load(Path.Combine(AppContext.BaseDirectory, "Scenarios", "busy-days.json"));

        // Printers so bad, and blanks so many, that it shows which of two jobs was tried first: it decides who fails twice.
        var bad = file with
        {
            End = file.Start.AddDays(Days - 1),
            Faults = [],
            UplinkOutages = [],
            Blanks = [file.Blanks[0] with { Count = 5000 }],
            Feed = file.Feed! with { PerDay = new Between(80, 80) },
            Destruction = new ScenarioDestruction { At = new LocalMoment(file.Start.AddDays(1).ToDateTime(new TimeOnly(15, 0))), Method = DestructionMethod.Fire, Place = "Halaman" },
            Printing = file.Printing with { FailedPrints = 0.25, FailedEncodes = 0.25 },
        };

        var (first, faults) = await PlayAsync(bad);
        var (second, _) = await PlayAsync(bad);

        Assert.Equal(first.ToJson(), second.ToJson());
        Assert.Empty(first.BrokenPromises());
        Assert.Equal((0, 0), (faults.Internal, faults.Unknown));
        Assert.True(first.Cards.Spoiled > 50, $"Only {first.Cards.Spoiled} cards were spoiled.");
        Assert.InRange(first.Cards.Destroyed, 20, first.Cards.Spoiled - 1);
    }

    private static async Task<(Summary Summary, ServerFaults Faults)> PlayAsync(ScenarioFile file)
    {
        using var folder = new TempFolder();
        var plan = new FleetPlan(file, seed: 5);
        await using var server = await RunningServer.StartAsync(scenario: plan.Start);
        var places = new FleetPlaces(server.ControlAddress, server.UploadAddress, server.HttpAddress, server.Options.Data, folder["fleet"]);
        places.MakeCentre(TimeProvider.System.GetUtcNow());
        using var link = ServerLink.Open(server.ControlAddress, server.Options.Data, TimeProvider.System);
        await using var run = new LockStep(plan, link, People.Synthetic(plan.Seed, plan.Start));
        await run.JoinAsync(places, NullLoggerFactory.Instance, CancellationToken.None);
        await run.PlayAsync(_ => Task.CompletedTask, CancellationToken.None);
        var jobs = await new PrintingService.PrintingServiceClient(server.Admin).ListJobsAsync(new ListJobsRequest { RegionCode = plan.File.City, PageSize = 1000 });
        Assert.Equal(jobs.Jobs.Count, jobs.Jobs.Select(job => job.EnqueuedAt).Distinct().Count());
        return (await new Witnesses(plan, link).HearAsync(run, places.Packets, CancellationToken.None), link.Faults);
    }
}
