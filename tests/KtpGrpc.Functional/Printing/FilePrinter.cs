using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Agent.Devices;

namespace KtpGrpc.Functional.Printing;

/// <summary>A printer that keeps what it did in a file, as a real one keeps it in its counter and its output tray, whoever dies.</summary>
internal sealed class FilePrinter(string path, string serial, PrintingChild.Gate gate) : ICardPrinter
{
    public const string MidPrint = "mid-print";
    public const string Out = "printed";

    private const string Picked = "picked ";
    private const string Card = "card ";

    public Device Identity => new() { Kind = DeviceKind.Printer, Serial = serial, Model = "HDP5000" };

    public ulong CardsPicked => 100 + (ulong)Lines(path).Count(line => line.StartsWith(Picked, StringComparison.Ordinal));

    public bool? CanEncode => true;

    public int? RibbonLeft => 400;

    /// <summary>The issuances of the cards that came out good.</summary>
    public static IReadOnlyList<string> CardsOf(string path) =>
        [.. Lines(path).Where(line => line.StartsWith(Card, StringComparison.Ordinal)).Select(line => line[Card.Length..])];

    public static string ChipOf(long blank) => $"chip-{blank}";

    public Sample Read(DateTimeOffset now) => new() { Device = Identity, TakenAt = now.ToTimestamp() };

    public async Task<PrintOutcome> PrintAsync(PrintOrder order, CancellationToken cancellation)
    {
        File.AppendAllText(path, $"{Picked}{order.BlankSerial}\n");
        await gate.PassAsync(MidPrint);
        File.AppendAllText(path, $"{Card}{order.IssuanceId}\n");
        await gate.PassAsync(Out);
        return new PrintOutcome.Printed(ChipOf(order.BlankSerial));
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
