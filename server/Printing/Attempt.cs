using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

internal enum AttemptState
{
    Started = 1,
    Printed = 2,
    Failed = 3,

    /// <summary>Nothing moved, and the printer's counter proves it.</summary>
    NotFed = 4,
    Unknown = 5,

    /// <summary>Two persons found neither card nor blank.</summary>
    Missing = 6,

    /// <summary>Printed, and found not to be the card that was ordered, or not wanted any more.</summary>
    Rejected = 7,
}

/// <summary>Why nobody knows how an attempt ended.</summary>
internal enum UnknownCause
{
    /// <summary>No report came in time.</summary>
    NoReport = 1,

    /// <summary>The agent came back and did not know of it.</summary>
    Forgotten = 2,

    /// <summary>The agent says that it does not know.</summary>
    Lost = 3,

    /// <summary>Two reports contradict each other.</summary>
    Contradicted = 4,

    /// <summary>It was reported from another printer than it was started on.</summary>
    OtherPrinter = 5,

    /// <summary>Reported as not fed, but the counter of picked cards moved.</summary>
    CounterMoved = 6,
}

/// <summary>What is wrong with a card that failed; numbered like the wire's enum.</summary>
internal enum FailureClass
{
    Print = 1,
    Encode = 2,
    Feed = 3,
    NotFed = 4,
}

/// <summary>One START of a job under its epoch, and what became of it.</summary>
internal sealed record Attempt(
    JobId Job, long Epoch, StationId Station, long BlankSerial, string PrinterSerial, ulong PickedBefore, DateTimeOffset StartedAt)
{
    public required AttemptState State { get; init; }

    /// <summary>Whether the blank is this attempt's; not once it was proven not to have been fed, or is missing.</summary>
    public bool BlankBound { get; init; } = true;

    /// <summary>The card left the station's books (custody, a furnace): whatever is found out, no attempt moves it any more.</summary>
    public bool BlankStays { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public ulong? PickedAfter { get; init; }

    public UnknownCause? Cause { get; init; }

    public FailureClass? FailureClass { get; init; }

    public string? Code { get; init; }

    /// <summary>What the chip said, by report or finding; null or empty when nobody read it.</summary>
    public string? ChipUid { get; init; }

    /// <summary>Who was the first to look for the card and find none.</summary>
    public string? MissingBy { get; init; }

    /// <summary>Digest of the report that is in force; null when none came.</summary>
    public string? Report { get; init; }

    /// <summary>What that report was answered.</summary>
    public JobState? Answered { get; init; }

    /// <summary>What a person's finding made of the job, and what a report that says the same is answered; null where nobody had to look.</summary>
    public JobState? Found { get; init; }

    /// <summary>Open to a first report that says how it ended, however late.</summary>
    public bool AwaitsReport => State == AttemptState.Started
        || (State == AttemptState.Unknown && Cause is UnknownCause.NoReport or UnknownCause.Forgotten or UnknownCause.Lost);

    /// <summary>Where this attempt says its blank is.</summary>
    public CardState BlankIs => State switch
    {
        AttemptState.Printed => CardState.Issued,
        AttemptState.Failed or AttemptState.Rejected => CardState.Spoiled,
        AttemptState.NotFed => CardState.Hopper,
        AttemptState.Missing => CardState.Missing,
        _ => BlankBound ? CardState.Consuming : CardState.Hopper,
    };

    /// <summary>What the ledger of cards says of a spoiled blank.</summary>
    public InvalidReason? SpoiledReason => State switch
    {
        AttemptState.Rejected => InvalidReason.Cancelled,
        AttemptState.Failed => FailureClass switch
        {
            Printing.FailureClass.Print => InvalidReason.Print,
            Printing.FailureClass.Encode => InvalidReason.Encode,
            _ => InvalidReason.Feed,
        },
        _ => null,
    };

    /// <summary>1 where it used its blank.</summary>
    public int Used => State == AttemptState.NotFed ? 0 : 1;

    /// <summary>1 where no good card came of the blank.</summary>
    public int Wasted => State is AttemptState.Failed or AttemptState.Rejected or AttemptState.Missing ? 1 : 0;

    /// <summary>Whether a report says the same as a person found; one that does not know contradicts nobody.</summary>
    public bool IsAgreedBy(Report report) => Found is not null && (report.Outcome, State) switch
    {
        (ReportedOutcome.Lost, _) => true,
        (ReportedOutcome.Printed, AttemptState.Printed or AttemptState.Rejected) =>
            report.PrinterSerial == PrinterSerial && (report.ChipUid.Length == 0 || string.IsNullOrEmpty(ChipUid) || report.ChipUid == ChipUid),
        (ReportedOutcome.NotFed, AttemptState.NotFed) => true,
        (_, AttemptState.Failed) => report.Outcome is ReportedOutcome.PrintFailed or ReportedOutcome.EncodeFailed or ReportedOutcome.FeedFailed,
        _ => false,
    };

    /// <summary>Where the blank goes when this attempt becomes another; null where it stays.</summary>
    public CardState? Move(Attempt after) =>
        after.BlankStays || (!BlankBound && !after.BlankBound) || after.BlankIs == BlankIs ? null : after.BlankIs;

    public static Attempt Of(AttemptStarted started, DateTimeOffset at) => new(
        JobId.Trusted(started.JobId), started.Epoch, StationId.Trusted(started.StationId), started.BlankSerial, started.PrinterSerial, started.PickedBefore, at)
    {
        State = AttemptState.Started,
    };

    /// <summary>What a fact makes of it.</summary>
    public Attempt After(JobFact fact, DateTimeOffset at) => fact switch
    {
        AttemptPrinted printed => Settled(printed.Next is null ? AttemptState.Printed : AttemptState.Rejected, at, printed.PickedAfter, printed.Report, printed.Next ?? JobState.Printed) with
        {
            ChipUid = printed.ChipUid,
        },
        AttemptFailed failed => Settled(AttemptState.Failed, at, failed.PickedAfter, failed.Report, failed.Next) with { FailureClass = failed.FailureClass, Code = failed.Code },
        AttemptNotFed notFed => Settled(AttemptState.NotFed, at, notFed.PickedAfter, notFed.Report, notFed.Next ?? JobState.Ready) with { BlankBound = false, Code = notFed.Code },
        AttemptUnknown unknown => Settled(AttemptState.Unknown, at, unknown.PickedAfter, unknown.Report, unknown.Report is null ? null : JobState.Unknown) with
        {
            Cause = unknown.Cause,
            BlankBound = unknown.BlankBound,
            BlankStays = BlankStays || unknown.BlankStays,
            ChipUid = unknown.ChipUid ?? ChipUid,
        },
        NoCardFound found => this with { MissingBy = found.By },
        AttemptResolved resolved => Settled(resolved.Finding.AsState(resolved.Next), at, PickedAfter, Report, Answered) with
        {
            Found = resolved.Next,
            BlankBound = BlankBound && resolved.Finding is not (Finding.NotFed or Finding.NoCard),
            FailureClass = resolved.Finding.FailureClass() ?? FailureClass,
            ChipUid = resolved.Finding == Finding.Printed ? resolved.ChipUid : ChipUid,
        },
        CardVerified verified => this with { ChipUid = verified.ChipUid },
        CardSpoiled spoiled => this with { State = AttemptState.Rejected, BlankStays = BlankStays || spoiled.BlankStays },
        _ => this,
    };

    private Attempt Settled(AttemptState state, DateTimeOffset at, ulong? pickedAfter, string? report, JobState? answered) => this with
    {
        State = state,
        SettledAt = at,
        PickedAfter = pickedAfter,
        Cause = null,
        MissingBy = null,
        Found = null,
        Report = report,
        Answered = answered,
    };
}
