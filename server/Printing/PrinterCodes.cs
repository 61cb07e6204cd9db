namespace KtpGrpc.Server.Printing;

/// <summary>What is wrong with a printer by its own code; None where the code tells of the card, of wear, or of nothing known.</summary>
internal enum PrinterFault
{
    None = 0,
    Blanks = 1,
    Ribbon = 2,
    Encoder = 3,

    /// <summary>Jammed, open, full, hot, paused or not to be reached: a person must see to it.</summary>
    Device = 4,
}

/// <summary>
/// The keywords of printer-state-reasons (RFC 8011, PWG 5100.9) that say that a printer can do nothing for now, whatever the
/// card. What is only low, almost full or worn is none of them.
/// </summary>
internal static class PrinterCodes
{
    private static readonly string[] _severities = ["-report", "-warning", "-error"];

    /// <summary>The keyword of a code, without the severity that may be behind it.</summary>
    public static string KeywordOf(string code)
    {
        var keyword = code.Trim().ToLowerInvariant();
        return Array.Find(_severities, severity => keyword.EndsWith(severity, StringComparison.Ordinal)) is { } severity ? keyword[..^severity.Length] : keyword;
    }

    public static PrinterFault FaultOf(string code) => KeywordOf(code) switch
    {
        "media-empty" or "media-needed" or "input-tray-missing" => PrinterFault.Blanks,
        "marker-supply-empty" or "marker-print-ribbon-empty" => PrinterFault.Ribbon,
        "subunit-missing" or "subunit-offline" or "subunit-recoverable-failure" or "subunit-unrecoverable-failure" => PrinterFault.Encoder,
        "media-jam" or "motor-failure" or "input-tray-position-failure" => PrinterFault.Device,
        "cover-open" or "door-open" or "interlock-open" => PrinterFault.Device,
        "output-area-full" => PrinterFault.Device,
        "fuser-over-temp" or "fuser-under-temp" or "subunit-warming-up" => PrinterFault.Device,
        "paused" or "moving-to-paused" or "timed-out" or "connecting-to-device" or "unknown" or "other" => PrinterFault.Device,
        _ => PrinterFault.None,
    };
}
