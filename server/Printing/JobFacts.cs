using System.Text.Json.Serialization;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Printing;

/// <summary>Something that happened to a job.</summary>
internal abstract record JobFact(string JobId, string Region) : IFact
{
    public string Subject => "job/" + JobId;

    /// <summary>Whether the job waits for a lease from now on.</summary>
    public virtual bool MakesReady => false;
}

/// <summary>A print-ready record became a job; held from the start where a reason is given.</summary>
internal sealed record JobEnqueued(
    string JobId, string Region, string CitizenId, long IssuanceNumber, string IssuanceId, JobPriority Priority, string HeldReason, long ReplacesSerial = 0)
    : JobFact(JobId, Region)
{
    public const string Kind = "printing.enqueued";

    public override bool MakesReady => HeldReason.Length == 0;
}

/// <summary>A waiting job was parked.</summary>
internal sealed record JobHeld(string JobId, string Region, string Reason) : JobFact(JobId, Region)
{
    public const string Kind = "printing.held";
}

/// <summary>A parked or quarantined job goes on, with a clean slate.</summary>
internal sealed record JobReleased(string JobId, string Region) : JobFact(JobId, Region)
{
    public const string Kind = "printing.released";

    public override bool MakesReady => true;
}

/// <summary>A job of which no card is, and none may come, will never be printed.</summary>
internal sealed record JobCancelled(string JobId, string Region, string Reason) : JobFact(JobId, Region)
{
    public const string Kind = "printing.cancelled";
}

/// <summary>A job whose card may exist is cancelled as soon as that is known.</summary>
internal sealed record CancelRequested(string JobId, string Region, string Reason) : JobFact(JobId, Region)
{
    public const string Kind = "printing.cancel-requested";
}

/// <summary>A job was lent to a station, under a new epoch.</summary>
internal sealed record JobLeased(string JobId, string Region, string StationId, long Epoch, DateTimeOffset Until) : JobFact(JobId, Region)
{
    public const string Kind = "printing.leased";
}

/// <summary>A lease ended before anything was fed.</summary>
internal sealed record JobReturned(string JobId, string Region, string StationId, long Epoch, ReturnCause Cause) : JobFact(JobId, Region)
{
    public const string Kind = "printing.returned";

    public override bool MakesReady => true;
}

internal enum ReturnCause
{
    /// <summary>The agent gave it back.</summary>
    Agent = 1,

    /// <summary>The lease ran out.</summary>
    Expired = 2,

    /// <summary>The agent came back and did not know of it.</summary>
    Forgotten = 3,
}

/// <summary>Something that happened to a started attempt.</summary>
internal abstract record AttemptFact(string JobId, string Region, string StationId, long Epoch, long BlankSerial) : JobFact(JobId, Region), ICardFact
{
    public IReadOnlyList<SerialRange> Cards => [SerialRange.One(BlankSerial)];
}

/// <summary>A blank and a printer were bound to an attempt: one card may be fed. The blank goes from hopper to consuming.</summary>
internal sealed record AttemptStarted(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, string PrinterSerial, ulong PickedBefore, DateTimeOffset ReportBy)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.started";
}

/// <summary>
/// A card came out. The blank is issued; or spoiled, where the job was to be cancelled and that is what comes next (null:
/// printed).
/// </summary>
internal sealed record AttemptPrinted(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, ulong PickedAfter, string ChipUid, string Report, JobState? Next = null)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.printed";
}

/// <summary>The card was ruined. The blank is spoiled, and the policy says how the job goes on.</summary>
internal sealed record AttemptFailed(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, ulong PickedAfter, FailureClass FailureClass, string Code, string Report,
    JobState Next, string Reason, DateTimeOffset? AvoidUntil)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.failed";

    public override bool MakesReady => Next == JobState.Ready;
}

/// <summary>Nothing moved, as the printer's counter proves. The blank is in the hopper again. What comes next is READY where it is null.</summary>
internal sealed record AttemptNotFed(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, ulong PickedAfter, string Code, string Report, DateTimeOffset AvoidUntil,
    JobState? Next = null)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.not-fed";

    public override bool MakesReady => Next is null or JobState.Ready;
}

/// <summary>
/// Nobody knows whether a card came out: the issuance is locked. The blank is (again) consuming, unless another START has it
/// by now, or it has left the station's books and stays where it is. The report is the one that made it so; null where none
/// did. The chip is the one that was reported; empty where two reports differ in it.
/// </summary>
internal sealed record AttemptUnknown(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, bool BlankBound, UnknownCause Cause, ulong? PickedAfter, string? Report,
    ReportedOutcome? Reported, string? ChipUid = null, bool BlankStays = false)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.unknown";
}

/// <summary>A first person looked for the card of an unknown attempt and found none. A second must find the same.</summary>
internal sealed record NoCardFound(string JobId, string Region, string StationId, long Epoch, long BlankSerial, string By)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.no-card-found";
}

/// <summary>A person said what became of an unknown attempt; of a blank that nobody found, two did. The blank follows the finding.</summary>
internal sealed record AttemptResolved(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, Finding Finding, string ChipUid, JobState Next, string Reason,
    DateTimeOffset? AvoidUntil)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.resolved";

    public override bool MakesReady => Next == JobState.Ready;
}

/// <summary>A person compared a printed card's chip with the record, and they match.</summary>
internal sealed record CardVerified(string JobId, string Region, string StationId, long Epoch, long BlankSerial, string ChipUid)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.verified";
}

/// <summary>
/// A printed card is good for nothing: it is not the one that was ordered, or it is not wanted any more. It is spoiled, unless
/// it has left the station's books and stays where it is.
/// </summary>
internal sealed record CardSpoiled(string JobId, string Region, string StationId, long Epoch, long BlankSerial, JobState Next, string Reason, bool BlankStays)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.card-spoiled";
}

/// <summary>A verified card was given to its citizen; his suket is replaced.</summary>
internal sealed record CardHandedOver(string JobId, string Region, string StationId, long Epoch, long BlankSerial)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.handed-over";
}

/// <summary>
/// A report that cannot change anything any more, or of an attempt never started: kept as evidence. It contradicts where it
/// tells of a card that the books know nothing of, or otherwise.
/// </summary>
internal sealed record ReportRefused(
    string JobId, string Region, string StationId, long Epoch, string PrinterSerial, ulong PickedAfter, ReportedOutcome Reported, string Report,
    bool Contradicts = false)
    : JobFact(JobId, Region)
{
    public const string Kind = "printing.report-refused";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobEnqueued))]
[JsonSerializable(typeof(JobHeld))]
[JsonSerializable(typeof(JobReleased))]
[JsonSerializable(typeof(JobCancelled))]
[JsonSerializable(typeof(CancelRequested))]
[JsonSerializable(typeof(JobLeased))]
[JsonSerializable(typeof(JobReturned))]
[JsonSerializable(typeof(AttemptStarted))]
[JsonSerializable(typeof(AttemptPrinted))]
[JsonSerializable(typeof(AttemptFailed))]
[JsonSerializable(typeof(AttemptNotFed))]
[JsonSerializable(typeof(AttemptUnknown))]
[JsonSerializable(typeof(NoCardFound))]
[JsonSerializable(typeof(AttemptResolved))]
[JsonSerializable(typeof(CardVerified))]
[JsonSerializable(typeof(CardSpoiled))]
[JsonSerializable(typeof(CardHandedOver))]
[JsonSerializable(typeof(ReportRefused))]
internal sealed partial class JobJson : JsonSerializerContext;
