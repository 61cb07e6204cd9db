using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Agent.Devices;

namespace KtpGrpc.Simulation;

/// <summary>A printer as matter: it ends what it was given, whether or not the agent that gave it still lives.</summary>
internal sealed class Printer(string serial, SortedSet<long> hopper) : ICardPrinter
{
    private Queue<(Feed Feed, TaskCompletionSource<PrintOutcome> Outcome)> _orders = new();

    public Device Identity { get; } = new() { Kind = DeviceKind.Printer, Serial = serial, Model = "HDP5000" };

    public ulong CardsPicked { get; private set; }

    public bool? CanEncode => true;

    public int? RibbonLeft => null;

    /// <summary>Cards that somebody printed to try it out.</summary>
    public ulong TestCards { get; private set; }

    public bool HasWork => _orders.Count > 0;

    /// <summary>All that it was ever given.</summary>
    public List<Feed> Feeds { get; } = [];

    public Task<PrintOutcome> PrintAsync(PrintOrder order, CancellationToken cancellation)
    {
        var feed = new Feed(order.IssuanceId, order.BlankSerial);
        var outcome = new TaskCompletionSource<PrintOutcome>();
        Feeds.Add(feed);
        _orders.Enqueue((feed, outcome));
        return outcome.Task;
    }

    public Sample Read(DateTimeOffset now) => throw new NotSupportedException();

    /// <summary>Whoever gave the orders is dead and hears nothing; the orders stay.</summary>
    public void Orphan() => _orders = new(_orders.Select(order => (order.Feed, new TaskCompletionSource<PrintOutcome>())));

    /// <summary>A driver that opens its printer gives up what waits there: nobody would report it.</summary>
    public void Purge()
    {
        while (_orders.TryDequeue(out var order))
        {
            order.Feed.Fate = Fate.NotFed;
        }
    }

    public void PickTestCard()
    {
        CardsPicked++;
        TestCards++;
    }

    /// <summary>Ends the oldest order; <paramref name="sure"/> is false where the printer cannot say how.</summary>
    public Feed End(Fate fate, bool sure)
    {
        var (feed, outcome) = _orders.Dequeue();
        feed.Fate = hopper.Contains(feed.Blank) ? fate : Fate.NotFed;
        if (feed.WasPicked)
        {
            hopper.Remove(feed.Blank);
            CardsPicked++;
        }

        outcome.TrySetResult(sure ? Told(feed) : new PrintOutcome.Unknown());
        return feed;
    }

    private static PrintOutcome Told(Feed feed) => feed.Fate switch
    {
        Fate.Good => new PrintOutcome.Printed(feed.ChipUid),
        Fate.PrintFailed => new PrintOutcome.Failed(FailureClass.Print, "print-failed"),
        Fate.EncodeFailed => new PrintOutcome.Failed(FailureClass.Encode, "encode-failed"),
        Fate.Jammed => new PrintOutcome.Failed(FailureClass.Feed, "media-jam"),
        Fate.NotFed => new PrintOutcome.Failed(FailureClass.NotFed, "media-empty"),
        _ => new PrintOutcome.Unknown(),
    };
}
