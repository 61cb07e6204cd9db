using Ktp.Printing.V1;

namespace KtpGrpc.Agent.Devices;

/// <summary>A card printer with an encoder.</summary>
internal interface ICardPrinter : IDevice
{
    /// <summary>Cards it ever picked from its hopper, by its own counter.</summary>
    ulong CardsPicked { get; }

    /// <summary>False while its encoder is missing or broken; null where it does not tell.</summary>
    bool? CanEncode { get; }

    /// <summary>Cards that its ribbon is good for; null where it does not tell.</summary>
    int? RibbonLeft { get; }

    /// <summary>Picks one blank, prints and encodes it.</summary>
    Task<PrintOutcome> PrintAsync(PrintOrder order, CancellationToken cancellation);
}

/// <summary>What a printer is given for one card.</summary>
/// <param name="IssuanceId">Names the card that a citizen is owed; random, not the NIK.</param>
internal sealed record PrintOrder(string IssuanceId, long BlankSerial, ReadOnlyMemory<byte> CardPayload);

/// <summary>How one print ended, as far as the printer knows.</summary>
internal abstract record PrintOutcome
{
    private PrintOutcome()
    {
    }

    /// <param name="ChipUid">What the chip said when read back; empty without a reader.</param>
    public sealed record Printed(string ChipUid) : PrintOutcome;

    public sealed record Failed(FailureClass Class, string Code) : PrintOutcome;

    /// <summary>The printer cannot say; never to be taken for "not printed".</summary>
    public sealed record Unknown : PrintOutcome;
}
