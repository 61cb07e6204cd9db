using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Agent.Devices;

namespace KtpGrpc.Functional;

/// <summary>A printer that ends every card as a test says, and counts those it was asked for by issuance.</summary>
internal sealed class PaperPrinter(Func<PrintOrder, Task<PrintOutcome>> print) : ICardPrinter
{
    private readonly List<string> _fed = [];

    public PaperPrinter(PrintOutcome always)
        : this(_ => Task.FromResult(always))
    {
    }

    public Device Identity { get; } = new() { Kind = DeviceKind.Printer, Serial = "PR-1", Model = "paper" };

    public bool? CanEncode => null;

    public int? RibbonLeft => null;

    public ulong CardsPicked => (ulong)_fed.Count;

    /// <summary>The issuances for which a card was fed, in order.</summary>
    public IReadOnlyList<string> Fed => _fed;

    public Task<PrintOutcome> PrintAsync(PrintOrder order, CancellationToken cancellation)
    {
        _fed.Add(order.IssuanceId);
        return print(order);
    }

    public Sample Read(DateTimeOffset now) => new() { Device = Identity, TakenAt = now.ToTimestamp() };
}
