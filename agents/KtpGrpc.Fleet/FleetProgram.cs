using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Live;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;
using KtpGrpc.Fleet.Witness;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Fleet;

/// <param name="Biometrics">Folder of the captured person's ISO records; null for synthetic ones.</param>
/// <param name="DaysPerSecond">Pace of the live view; null for the default.</param>
internal sealed record FleetOptions(string? Biometrics, bool Batch, double? DaysPerSecond);

/// <summary>One run from the first call to the summary.</summary>
internal static class FleetProgram
{
    private const int BrokePromise = 3;

    public static async Task<int> PlayAsync(FleetPlan plan, FleetPlaces places, FleetOptions options, CancellationToken cancellation)
    {
        var people = options.Biometrics is { } folder ? People.Read(folder) : People.Synthetic(plan.Seed, plan.Start);
        places.MakeCentre(TimeProvider.System.GetUtcNow());
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new FleetLog(Path.Combine(places.Work, "agents.log"))));
        using var server = ServerLink.Open(places.Control, places.Data, TimeProvider.System);
        await using var run = new LockStep(plan, server, people);
        await run.JoinAsync(places, loggers, cancellation);
        var live = !options.Batch && !Console.IsOutputRedirected;
        if (!live)
        {
            await new ProgressLines(plan, server, run).PlayAsync(cancellation);
        }
        else
        {
            await new CityScreen(plan, server, run, places, options.DaysPerSecond).PlayAsync(cancellation);
        }

        var summary = await new Witnesses(plan, server).HearAsync(run, places.Packets, cancellation);
        var broken = summary.BrokenPromises().ToList();
        foreach (var sentence in broken.Concat(server.Faults.Sentences()))
        {
            await Console.Error.WriteLineAsync($"ktp-fleet: {sentence}");
        }

        foreach (var sentence in summary.Province?.Sentences() ?? [])
        {
            Console.WriteLine(sentence);
        }

        Console.WriteLine(summary.ToJson());
        if (live)
        {
            Console.WriteLine($"The {(plan.File.Province is null ? "city" : "province")} goes on standing at {places.Pages} until Ctrl-C.");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return broken.Count == 0 && server.Faults.Internal == 0 ? 0 : BrokePromise;
    }
}
