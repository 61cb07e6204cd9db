using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;
using KtpGrpc.Fleet.Scenarios;
using KtpGrpc.Fleet.Witness;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KtpGrpc.Functional.Scenarios;

public sealed class ProvinceTests
{
    [Fact]
    public async Task Province_RepairedByWhatItIsTold_KeepsItsPromisesAndLosesFewerDaysThanByComplaint()
    {
        var file = ScenarioReader.Load(Path.Combine(AppContext.BaseDirectory, "Scenarios", "rainy-weeks.json"));
        using var folder = new TempFolder();
        var plan = new FleetPlan(file, seed: 1);
        await using var server = await RunningServer.StartAsync(scenario: plan.Start);
        var places = new FleetPlaces(server.ControlAddress, server.UploadAddress, server.HttpAddress, server.Options.Data, folder["fleet"]);
        places.MakeCentre(TimeProvider.System.GetUtcNow());
        using var link = ServerLink.Open(server.ControlAddress, server.Options.Data, TimeProvider.System);
        await using var run = new LockStep(plan, link, People.Synthetic(plan.Seed, plan.Start));
        await run.JoinAsync(places, NullLoggerFactory.Instance, CancellationToken.None);
        await run.PlayAsync(_ => Task.CompletedTask, CancellationToken.None);
        var summary = await new Witnesses(plan, link).HearAsync(run, places.Packets, CancellationToken.None);
        var province = summary.Province!;

        Assert.Empty(summary.BrokenPromises());
        Assert.Empty(await server.FaultsAsync());
        Assert.Equal((0, 0), (link.Faults.Internal, link.Faults.Unknown));
        Assert.True(summary.Cards.Printed > 1000, $"Only {summary.Cards.Printed} cards were printed.");

        // What must hold of any year, and what this one shows.
        Assert.Equal(province.Deaths.Died, province.Deaths.Found);
        Assert.Equal(file.Holidays.Count, province.HolidayNotices);
        Assert.DoesNotContain("modelShifted", province.FalseIncidents.Keys);
        Assert.DoesNotContain("stationSilent", province.FalseIncidents.Keys);
        Assert.InRange(province.Watch.Recall, 0.7, 1);
        Assert.InRange(province.Act.Precision, 0.8, 1);
        Assert.InRange(province.Repairs.Verified, 5, province.Repairs.Opened);
        Assert.True(province.RepairsSaved.MetBeforeDeath > 0);
        Assert.True(province.RepairsSaved.DeskDays > 0, $"{summary.ToJson()}");
        Assert.InRange(province.OnComplaint.Deaths, 1, int.MaxValue);
    }
}
