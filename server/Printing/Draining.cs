namespace KtpGrpc.Server.Printing;

/// <summary>When a printer leaves the queue, and when it comes back.</summary>
internal static class Draining
{
    /// <summary>Time for somebody to clear a jam or to fetch a ribbon.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(30);

    /// <summary>Cards that a printer may spoil in a row.</summary>
    public const int MostFailures = 3;

    /// <summary>What the end of an attempt makes of the printer: one that was settled late says nothing about it now.</summary>
    /// <param name="failures">Cards that it spoiled in a row before.</param>
    /// <param name="attempt">The attempt as it was before.</param>
    /// <param name="blanks">Blanks in its hopper, without the attempt's own.</param>
    public static PrinterDrained? After(Printer printer, long failures, Attempt attempt, JobFact settled, long blanks, DateTimeOffset now)
    {
        if (attempt.State != AttemptState.Started || (printer.IsDrained(now) && printer.Drained == DrainCause.Person))
        {
            return null;
        }

        var code = settled switch { AttemptFailed failed => failed.Code, AttemptNotFed notFed => notFed.Code, _ => "" };
        var fault = PrinterCodes.FaultOf(code);
        return fault != PrinterFault.None
            ? Drain(printer, DrainCause.Fault, $"The printer says {PrinterCodes.KeywordOf(code)}.", now + Lasts, fault, settled is AttemptNotFed ? blanks + 1 : blanks)
            : settled is AttemptFailed && failures + 1 >= MostFailures
                ? Drain(printer, DrainCause.Failures, $"{MostFailures} cards were spoiled in a row.", now + Lasts)
                : null;
    }

    public static PrinterDrained Drain(
        Printer printer, DrainCause cause, string reason, DateTimeOffset? until, PrinterFault fault = PrinterFault.None, long blanks = 0) =>
        new(printer.Station.Value, printer.Station.Region.Value, cause, fault, reason, until, blanks);

    public static PrinterResumed Resume(Printer printer, bool byPerson) => new(printer.Station.Value, printer.Station.Region.Value, byPerson);

    /// <summary>Whether what a printer lacked when it was drained is there again.</summary>
    /// <param name="ask">What it says of itself as it asks for jobs.</param>
    /// <param name="blanks">Blanks in its hopper: more than when it ran out means that somebody loaded it.</param>
    public static bool SupplyIsBack(Printer printer, LeaseAsk ask, long blanks) => printer.Fault switch
    {
        PrinterFault.Blanks => blanks > printer.DrainedBlanks,
        PrinterFault.Ribbon => ask.RibbonLeft > 0,
        PrinterFault.Encoder => ask.CanEncode == true,
        _ => false,
    };
}
