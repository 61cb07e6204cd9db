namespace KtpGrpc.Agent.Devices;

/// <summary>The devices of one station.</summary>
/// <param name="Capture">What records citizens.</param>
/// <param name="Printer">Null where the station prints no cards.</param>
/// <param name="Others">What is only watched: host, UPS, signature pad, card reader.</param>
internal sealed record Kit(IReadOnlyList<ICaptureDevice> Capture, ICardPrinter? Printer, IReadOnlyList<IDevice> Others)
{
    public IEnumerable<IDevice> All => [.. Capture, .. Printer is null ? [] : new IDevice[] { Printer }, .. Others];
}
