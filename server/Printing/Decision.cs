using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Printing;

/// <summary>What a rule makes of a command.</summary>
internal abstract record Decision
{
    /// <summary>The fact becomes true, and with it what it says of the printer.</summary>
    public sealed record Accept(JobFact Fact) : Decision
    {
        public PrinterFact? OfPrinter { get; init; }

        public IReadOnlyList<IFact> Facts => OfPrinter is null ? [Fact] : [Fact, OfPrinter];
    }

    /// <summary>Nothing changes: it was done before, and is answered as it was then.</summary>
    public sealed record AsBefore(JobState Answer) : Decision;

    /// <summary>Nothing changes; evidence, where there is any, is kept.</summary>
    public sealed record Reject(Rejection Why, string Message, JobFact? Evidence = null) : Decision;
}

internal enum Rejection
{
    /// <summary>The epoch is not the current one, or its lease is over.</summary>
    Stale,

    /// <summary>Another station holds it.</summary>
    NotYours,

    /// <summary>It cannot be done in the present state.</summary>
    NotNow,
}
