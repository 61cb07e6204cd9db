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

    /// <summary>Whether the blank is this attempt's; not once it was proven not to have been fed.</summary>
    public bool BlankBound { get; init; } = true;

    public DateTimeOffset? SettledAt { get; init; }

    public ulong? PickedAfter { get; init; }

    public UnknownCause? Cause { get; init; }

    public FailureClass? FailureClass { get; init; }

    public string? Code { get; init; }

    public string? ChipUid { get; init; }

    /// <summary>Digest of the report that is in force; null when none came.</summary>
    public string? Report { get; init; }

    /// <summary>What that report was answered.</summary>
    public JobState? Answered { get; init; }

    /// <summary>Open to a first report that says how it ended, however late.</summary>
    public bool AwaitsReport => State == AttemptState.Started
        || (State == AttemptState.Unknown && Cause is UnknownCause.NoReport or UnknownCause.Forgotten or UnknownCause.Lost);

    /// <summary>Where this attempt leaves its blank, while it is bound; a blank that is not is in the hopper or somebody else's.</summary>
    public CardState BlankIs => (State, BlankBound) switch
    {
        (_, false) => CardState.Hopper,
        (AttemptState.Printed, _) => CardState.Issued,
        (AttemptState.Failed, _) => CardState.Spoiled,
        _ => CardState.Consuming,
    };

    /// <summary>What the ledger of cards says of a spoiled blank.</summary>
    public InvalidReason? SpoiledReason => State == AttemptState.Failed
        ? FailureClass switch
        {
            Printing.FailureClass.Print => InvalidReason.Print,
            Printing.FailureClass.Encode => InvalidReason.Encode,
            _ => InvalidReason.Feed,
        }
        : null;

    public static Attempt Of(AttemptStarted started, DateTimeOffset at) => new(
        JobId.Trusted(started.JobId), started.Epoch, StationId.Trusted(started.StationId), started.BlankSerial, started.PrinterSerial, started.PickedBefore, at)
    {
        State = AttemptState.Started,
    };

    /// <summary>What a fact makes of it.</summary>
    public Attempt After(JobFact fact, DateTimeOffset at) => fact switch
    {
        AttemptPrinted printed => Settled(AttemptState.Printed, at, printed.PickedAfter, printed.Report, JobState.Printed) with { ChipUid = printed.ChipUid },
        AttemptFailed failed => Settled(AttemptState.Failed, at, failed.PickedAfter, failed.Report, failed.Next) with { FailureClass = failed.FailureClass, Code = failed.Code },
        AttemptNotFed notFed => Settled(AttemptState.NotFed, at, notFed.PickedAfter, notFed.Report, JobState.Ready) with { BlankBound = false, Code = notFed.Code },
        AttemptUnknown unknown => Settled(AttemptState.Unknown, at, unknown.PickedAfter, unknown.Report, unknown.Report is null ? null : JobState.Unknown) with
        {
            Cause = unknown.Cause,
            BlankBound = unknown.BlankBound,
        },
        _ => this,
    };

    private Attempt Settled(AttemptState state, DateTimeOffset at, ulong? pickedAfter, string? report, JobState? answered) => this with
    {
        State = state,
        SettledAt = at,
        PickedAfter = pickedAfter,
        Cause = null,
        Report = report,
        Answered = answered,
    };
}
