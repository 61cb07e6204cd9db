using Google.Protobuf.WellKnownTypes;
using Ktp.Cards.V1;
using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Devices;

/// <summary>A card that came out useless, with what can be seen to be wrong with it.</summary>
internal sealed record SpoiledCard(long Serial, InvalidReason Reason);

/// <summary>A card printer with a hopper and a ribbon, whose failures follow from the seed and its count of picked cards.</summary>
internal sealed class SimulatedPrinter(Device identity, string stationId, ScenarioPrinting wont, PrintTally tally, int seed) : ICardPrinter
{
    private const int CardsPerRibbon = 500;

    private readonly string _name = $"{stationId}/{identity.Kind}";
    private readonly List<SpoiledCard> _bin = [];
    private ulong _ok;
    private ulong _failed;
    private ulong _encodesFailed;

    public Device Identity => identity;

    public ulong CardsPicked { get; private set; }

    /// <summary>It tells of its encoder only by failing.</summary>
    public bool? CanEncode => null;

    /// <summary>The operator changes a ribbon that is used up at once.</summary>
    public int? RibbonLeft => CardsPerRibbon - (int)(CardsPicked % CardsPerRibbon);

    /// <summary>The share of prints that its present ribbon spoils, where that is more than is usual.</summary>
    public double BadRibbon { get; set; }

    /// <summary>Blanks that lie in it.</summary>
    public int Hopper { get; private set; }

    /// <summary>The operator puts blanks in.</summary>
    public void Fill(int blanks) => Hopper += blanks;

    /// <summary>Takes the spoiled cards out of its reject bin.</summary>
    public IReadOnlyList<SpoiledCard> EmptyBin()
    {
        SpoiledCard[] cards = [.. _bin];
        _bin.Clear();
        return cards;
    }

    public async Task<PrintOutcome> PrintAsync(PrintOrder order, CancellationToken cancellation)
    {
        await tally.BeforeCard();
        return Print(order);
    }

    public Sample Read(DateTimeOffset now)
    {
        var sample = new Sample { Device = identity, TakenAt = now.ToTimestamp() };
        sample.Counters.Add(new Counter { Signal = Signal.PrintsOk, Total = _ok });
        sample.Counters.Add(new Counter { Signal = Signal.PrintsFailed, Total = _failed });
        sample.Counters.Add(new Counter { Signal = Signal.EncodesFailed, Total = _encodesFailed });
        sample.Counters.Add(new Counter { Signal = Signal.CardsPicked, Total = CardsPicked });
        sample.Gauges.Add(new Gauge { Signal = Signal.HopperBlanks, Value = Hopper });
        sample.Gauges.Add(new Gauge { Signal = Signal.RibbonLeftRatio, Value = (double)RibbonLeft!.Value / CardsPerRibbon });
        return sample;
    }

    private PrintOutcome Print(PrintOrder order)
    {
        if (Hopper == 0)
        {
            return new PrintOutcome.Failed(FailureClass.NotFed, "media-empty");
        }

        Hopper--;
        var chance = Chance.Of(seed, _name, (long)++CardsPicked);
        var fallsOn = chance.NextDouble();
        if (fallsOn < wont.Jams)
        {
            return Spoil(order, ref _failed, FailureClass.Feed, "media-jam");
        }

        var failedPrints = Math.Max(wont.FailedPrints, BadRibbon);
        if (fallsOn < wont.Jams + failedPrints)
        {
            return Spoil(order, ref _failed, FailureClass.Print, "print-failed");
        }

        if (fallsOn < wont.Jams + failedPrints + wont.FailedEncodes)
        {
            return Spoil(order, ref _encodesFailed, FailureClass.Encode, "encode-failed");
        }

        _ok++;
        tally.CameOutGood(order.IssuanceId);
        return new PrintOutcome.Printed($"04{order.BlankSerial:X12}");
    }

    private PrintOutcome.Failed Spoil(PrintOrder order, ref ulong counter, FailureClass failure, string code)
    {
        counter++;
        tally.CameOutSpoiled();
        _bin.Add(new SpoiledCard(order.BlankSerial, failure switch
        {
            FailureClass.Print => InvalidReason.Print,
            FailureClass.Encode => InvalidReason.Encode,
            _ => InvalidReason.Feed,
        }));
        return new PrintOutcome.Failed(failure, code);
    }
}
