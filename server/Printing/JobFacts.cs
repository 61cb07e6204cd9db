using System.Text.Json.Serialization;
using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Printing;

/// <summary>Something that happened to a job.</summary>
internal abstract record JobFact(string JobId, string Region) : IFact
{
    public string Subject => "job/" + JobId;
}

/// <summary>A print-ready record became a job; held from the start where a reason is given.</summary>
internal sealed record JobEnqueued(
    string JobId, string Region, string CitizenId, long IssuanceNumber, string IssuanceId, JobPriority Priority, string HeldReason) : JobFact(JobId, Region)
{
    public const string Kind = "printing.enqueued";
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
}

/// <summary>A job that was not started will never be.</summary>
internal sealed record JobCancelled(string JobId, string Region, string Reason) : JobFact(JobId, Region)
{
    public const string Kind = "printing.cancelled";
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

/// <summary>A card came out. The blank is issued.</summary>
internal sealed record AttemptPrinted(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, ulong PickedAfter, string ChipUid, string Report)
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
}

/// <summary>Nothing moved, as the printer's counter proves. The blank is in the hopper again.</summary>
internal sealed record AttemptNotFed(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, ulong PickedAfter, string Code, string Report, DateTimeOffset AvoidUntil)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.not-fed";
}

/// <summary>
/// Nobody knows whether a card came out: the issuance is locked. The blank is (again) consuming, unless another START has it
/// by now. The report is the one that made it so; null where none did.
/// </summary>
internal sealed record AttemptUnknown(
    string JobId, string Region, string StationId, long Epoch, long BlankSerial, bool BlankBound, UnknownCause Cause, ulong? PickedAfter, string? Report,
    ReportedOutcome? Reported)
    : AttemptFact(JobId, Region, StationId, Epoch, BlankSerial)
{
    public const string Kind = "printing.unknown";
}

/// <summary>A report of an epoch that is not the current one, or of an attempt never started: kept as evidence, changes nothing.</summary>
internal sealed record ReportRefused(
    string JobId, string Region, string StationId, long Epoch, string PrinterSerial, ulong PickedAfter, ReportedOutcome Reported, string Report)
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
[JsonSerializable(typeof(JobLeased))]
[JsonSerializable(typeof(JobReturned))]
[JsonSerializable(typeof(AttemptStarted))]
[JsonSerializable(typeof(AttemptPrinted))]
[JsonSerializable(typeof(AttemptFailed))]
[JsonSerializable(typeof(AttemptNotFed))]
[JsonSerializable(typeof(AttemptUnknown))]
[JsonSerializable(typeof(ReportRefused))]
internal sealed partial class JobJson : JsonSerializerContext;
