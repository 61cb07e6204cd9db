namespace KtpGrpc.Simulation;

/// <summary>What truly became of an order that a printer was given; nobody in the system sees this but by looking.</summary>
internal enum Fate
{
    /// <summary>In the printer, not fed yet.</summary>
    Waiting,
    NotFed,
    Good,
    PrintFailed,
    EncodeFailed,
    Jammed,

    /// <summary>Fed, and nowhere to be found.</summary>
    Vanished,
}

/// <summary>One order in a printer.</summary>
internal sealed class Feed(string issuanceId, long blank)
{
    public string IssuanceId { get; } = issuanceId;

    public long Blank { get; } = blank;

    public Fate Fate { get; set; }

    public string ChipUid => $"04{Blank:X12}";

    public bool WasPicked => Fate is not (Fate.Waiting or Fate.NotFed);
}
