using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

/// <summary>What is known of one printer's cards at a station: its counter, and how many it spoiled since the last good one.</summary>
internal sealed record PrinterCount(PickedCards Picked, long Failures);

/// <summary>A station's printer as the queue sees it.</summary>
internal sealed record Printer(StationId Station)
{
    /// <summary>The region whose jobs it prints; null for its own office.</summary>
    public RegionCode? PrintRegion { get; init; }

    /// <summary>Why it was drained last; null when it never was, or was put back.</summary>
    public DrainCause? Drained { get; init; }

    public string DrainedReason { get; init; } = "";

    /// <summary>When it is put back by itself; null when a person must.</summary>
    public DateTimeOffset? DrainedUntil { get; init; }

    /// <summary>What its code said when it was drained.</summary>
    public PrinterFault Fault { get; init; }

    /// <summary>Blanks in its hopper when it was drained.</summary>
    public long DrainedBlanks { get; init; }

    /// <summary>Cards that its counter picked and nobody explained.</summary>
    public long UnexplainedPicks { get; init; }

    /// <summary>Cards that its ribbon is good for, as it said last; null when it does not tell.</summary>
    public long? RibbonLeft { get; init; }

    /// <summary>Whether it ever asked for jobs.</summary>
    public bool IsHeard { get; init; }

    public RegionCode Prints => PrintRegion ?? Station.Region.Office;

    /// <summary>Whether it takes turns with offices; one that prints for its own alone has no need of them.</summary>
    public bool PrintsForOthers => Prints != Station.Region.Office;

    public bool IsDrained(DateTimeOffset now) => Drained is not null && !(DrainedUntil <= now);

    /// <summary>What a fact makes of it.</summary>
    public Printer After(PrinterFact fact) => fact switch
    {
        PrinterDrained drained => this with
        {
            Drained = drained.Cause,
            DrainedReason = drained.Reason,
            DrainedUntil = drained.Until,
            Fault = drained.Fault,
            DrainedBlanks = drained.Blanks,
        },
        PrinterResumed => this with { Drained = null, DrainedReason = "", DrainedUntil = null, Fault = PrinterFault.None, DrainedBlanks = 0 },
        PrintRegionSet set => this with { PrintRegion = set.PrintRegion is { } region ? RegionCode.Trusted(region) : null },
        PicksUnexplained picks => this with { UnexplainedPicks = UnexplainedPicks + picks.Picks },
        PicksExplained picks => this with { UnexplainedPicks = picks.Left },
        _ => this,
    };
}
