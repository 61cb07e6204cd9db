namespace KtpGrpc.Server.Printing;

/// <summary>What a station asks for, and what its printer says of itself with it.</summary>
/// <param name="CanEncode">Null where the printer does not tell: then it can.</param>
/// <param name="RibbonLeft">Cards that the ribbon is good for; null where the printer does not tell.</param>
internal sealed record LeaseAsk(string PrinterSerial, long Most, bool? CanEncode = null, long? RibbonLeft = null);
