using System.CommandLine;

namespace KtpGrpc.Simulation;

/// <summary>The simulation's command line. Exit code 0 where no invariant was broken, 1 where one was, 2 for wrong options.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var seeds = new Option<long>("--seeds") { Description = "How many seeds are played.", DefaultValueFactory = _ => 1_000 };
        var from = new Option<ulong>("--from") { Description = "The first seed.", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong?>("--seed") { Description = "Plays this seed alone." };
        var trace = new Option<bool>("--trace") { Description = "Tells every event; with --seed." };
        var root = new RootCommand("Plays the print queue and the ledger of cards against a hostile world, seed by seed, and checks every invariant after each step.")
        {
            seeds, from, seed, trace,
        };
        root.SetAction(parsed => parsed.GetValue(seed) is { } one
            ? PlayOne(one, parsed.GetValue(trace))
            : PlayMany(parsed.GetValue(from), parsed.GetValue(seeds)));
        var result = root.Parse(args);
        return result.Errors.Count > 0 && result.Invoke() is var _ ? 2 : result.Invoke();
    }

    private static int PlayOne(ulong seed, bool trace)
    {
        using var machine = new Machine();
        var violation = Simulation.Run.Of(machine, seed, [], trace ? Console.Out : null);
        Console.WriteLine(violation is null ? $"seed {seed}: every invariant held" : $"seed {seed}: {violation}");
        return violation is null ? 0 : 1;
    }

    private static int PlayMany(ulong from, long seeds)
    {
        var campaign = new Campaign(from, seeds, Console.Out);
        campaign.Play();
        campaign.Tell();
        return campaign.Violations.Count == 0 ? 0 : 1;
    }
}
