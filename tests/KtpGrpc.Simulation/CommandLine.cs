using System.CommandLine;
using KtpGrpc.Simulation.Plants;
using KtpGrpc.Testing;

namespace KtpGrpc.Simulation;

/// <summary>
/// The simulation's command line. Exit code 0 where no invariant was broken or a planted bug was found, 1 where it was not so, 2 for
/// wrong options.
/// </summary>
internal static class CommandLine
{
    private const long SeedsForAPlant = 10_000;

    public static int Run(string[] args)
    {
        var seeds = new Option<long?>("--seeds") { Description = $"How many seeds are played: 1,000, or {SeedsForAPlant:N0} with --plant." };
        var from = new Option<ulong>("--from") { Description = "The first seed.", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong?>("--seed") { Description = "Plays this seed alone." };
        var trace = new Option<bool>("--trace") { Description = "Tells every event; with --seed." };
        var plant = new Option<string?>("--plant") { Description = "Plants a real bug in a copy of the sources and must find it." };
        var stopAtFirst = new Option<bool>("--stop-at-first") { Description = "Ends at the first violation." };
        plant.AcceptOnlyFromAmong([.. Plant.All.Select(known => known.Name)]);
        var root = new RootCommand("Plays the print queue and the ledger of cards against a hostile world, seed by seed, and checks every invariant after each step.")
        {
            seeds, from, seed, trace, plant, stopAtFirst,
        };
        root.SetAction(parsed =>
            parsed.GetValue(plant) is { } bug ? FindPlant(bug, parsed.GetValue(seeds) ?? SeedsForAPlant)
            : parsed.GetValue(seed) is { } one ? PlayOne(one, parsed.GetValue(trace))
            : PlayMany(parsed.GetValue(from), parsed.GetValue(seeds) ?? 1_000, parsed.GetValue(stopAtFirst)));
        var result = root.Parse(args);
        var code = result.Invoke();
        return result.Errors.Count > 0 ? 2 : code;
    }

    private static int PlayOne(ulong seed, bool trace)
    {
        using var machine = new Machine();
        var violation = Simulation.Run.Of(machine, seed, [], trace ? Console.Out : null);
        Console.WriteLine(violation is null ? $"seed {seed}: every invariant held" : $"seed {seed}: {violation}");
        return violation is null ? 0 : 1;
    }

    private static int PlayMany(ulong from, long seeds, bool stopAtFirst)
    {
        var campaign = new Campaign(from, seeds, Console.Out);
        campaign.Play(stopAtFirst);
        campaign.Tell();
        return campaign.Violations.Count == 0 ? 0 : 1;
    }

    private static int FindPlant(string plant, long seeds)
    {
        using var garden = new Garden(Repository.Root);
        Console.WriteLine($"building a copy with {plant} ...");
        garden.Build();
        var (found, output) = garden.Find(plant, seeds);
        Console.Write(output);
        Console.WriteLine(found ? $"{plant}: found" : $"{plant}: not found within {seeds} seeds");
        return found ? 0 : 1;
    }
}
