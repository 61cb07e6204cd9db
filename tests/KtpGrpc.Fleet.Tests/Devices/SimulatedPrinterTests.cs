using Ktp.Cards.V1;
using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Fleet.Devices;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Tests.Devices;

public sealed class SimulatedPrinterTests
{
    private static readonly ScenarioPrinting _wont = new() { FailedPrints = 0.02, FailedEncodes = 0.01, Jams = 0.005 };

    [Fact]
    public async Task Printer_WithAnEmptyHopper_FeedsNothing()
    {
        var tally = new PrintTally();
        var printer = Printer(tally);

        var outcome = await printer.PrintAsync(Order("a"), CancellationToken.None);

        Assert.Equal(FailureClass.NotFed, Assert.IsType<PrintOutcome.Failed>(outcome).Class);
        Assert.Equal(0UL, printer.CardsPicked);
        Assert.Equal((0, 0), (tally.Good, tally.Spoiled));
    }

    [Fact]
    public async Task Printer_OverManyCards_FailsAsOftenAsTheScenarioSaysAndCountsEveryCard()
    {
        var tally = new PrintTally();
        var printer = Printer(tally);
        printer.Fill(20_000);

        var outcomes = new List<PrintOutcome>();
        for (var card = 0; card < 20_000; card++)
        {
            outcomes.Add(await printer.PrintAsync(Order($"{card}"), CancellationToken.None));
        }

        var failed = outcomes.OfType<PrintOutcome.Failed>().GroupBy(failure => failure.Class).ToDictionary(same => same.Key, same => same.Count());
        Assert.InRange(failed[FailureClass.Print], 320, 480);
        Assert.InRange(failed[FailureClass.Encode], 140, 260);
        Assert.InRange(failed[FailureClass.Feed], 60, 140);
        Assert.Equal(20_000UL, printer.CardsPicked);
        Assert.Equal(0, printer.Hopper);
        Assert.Equal(20_000, tally.Good + tally.Spoiled);
        Assert.Equal(failed.Values.Sum(), tally.Spoiled);
        Assert.Equal(0, tally.PrintedTwice);
        Assert.Equal(
            [(InvalidReason.Print, failed[FailureClass.Print]), (InvalidReason.Encode, failed[FailureClass.Encode]), (InvalidReason.Feed, failed[FailureClass.Feed])],
            printer.EmptyBin().CountBy(card => card.Reason).OrderBy(pile => pile.Key).Select(pile => (pile.Key, pile.Value)));
        Assert.Empty(printer.EmptyBin());
    }

    [Fact]
    public async Task Tally_WhenTwoPrintersMakeTheSameCard_KnowsIt()
    {
        var tally = new PrintTally();
        var sure = new ScenarioPrinting();
        var (one, other) = (Printer(tally, sure), Printer(tally, sure));
        one.Fill(2);
        other.Fill(1);

        await one.PrintAsync(Order("a"), CancellationToken.None);
        await one.PrintAsync(Order("b"), CancellationToken.None);
        Assert.Equal(0, tally.PrintedTwice);
        await other.PrintAsync(Order("a"), CancellationToken.None);

        Assert.Equal(1, tally.PrintedTwice);
        Assert.Equal(3, tally.Good);
    }

    [Fact]
    public async Task Printer_OfOneSeed_FailsAtTheSameCards()
    {
        Assert.Equal(await FailuresAsync(7), await FailuresAsync(7));
        Assert.NotEqual(await FailuresAsync(7), await FailuresAsync(8));
    }

    private static async Task<List<int>> FailuresAsync(int seed)
    {
        var printer = Printer(new PrintTally(), seed: seed);
        printer.Fill(500);
        var failures = new List<int>();
        for (var card = 0; card < 500; card++)
        {
            if (await printer.PrintAsync(Order($"{card}"), CancellationToken.None) is PrintOutcome.Failed)
            {
                failures.Add(card);
            }
        }

        return failures;
    }

    private static SimulatedPrinter Printer(PrintTally tally, ScenarioPrinting? wont = null, int seed = 1) =>
        new(new Device { Kind = DeviceKind.Printer, Model = "P", Serial = "P-1" }, "53.71.04-1", wont ?? _wont, tally, seed);

    private static PrintOrder Order(string issuance) => new(issuance, 1, new byte[8]);
}
