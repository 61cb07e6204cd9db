using KtpGrpc.Simulation.Plants;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Simulation;

public sealed partial class SimulationTests
{
    private const int Seeds = 1_500;

    [Fact]
    public void Invariants_OverManySeeds_HoldAndEveryFaultHappened()
    {
        var campaign = new Campaign(first: 1, Seeds, TextWriter.Null);

        campaign.Play();

        Assert.Empty(campaign.Violations);
        Assert.Equal(Seeds, campaign.Done);
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(campaign.Faults.GetValueOrDefault(fault) > 0, $"{fault} never happened."));
    }

    [Fact]
    public void Seed_PlayedTwice_TellsTheSame()
    {
        var (first, second) = (Trace(7), Trace(7));

        Assert.True(first.Count > 100);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Plants_InACopyOfTheSources_AreEachFound()
    {
        using var garden = new Garden(Repository.Root);
        garden.Build();

        Assert.False(garden.Find("", seeds: 20).Found, "The copy fails although no bug is awake.");
        Assert.All(Plant.All, plant => Assert.True(garden.Find(plant.Name, seeds: 2_000).Found, $"{plant.Name} was not found."));
    }

    /// <summary>What happened, but for the names that are drawn at random.</summary>
    private static List<string> Trace(ulong seed)
    {
        using var machine = new Machine();
        var lines = new StringWriter();
        Assert.Null(Run.Of(machine, seed, [], lines));
        return [.. lines.ToString().Split('\n').Select(line => Ids().Replace(line, "ID"))];
    }

    [System.Text.RegularExpressions.GeneratedRegex("[0-9a-f]{32}")]
    private static partial System.Text.RegularExpressions.Regex Ids();
}
