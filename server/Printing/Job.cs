using System.Text.Json;
using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Printing;

/// <summary>Where a job stands; numbered like the wire's enum.</summary>
internal enum JobState
{
    Held = 1,
    Ready = 2,
    Leased = 3,

    /// <summary>A blank is bound; a card may be in the printer. It never falls back to ready by itself.</summary>
    Started = 4,
    Printed = 5,
    Quarantined = 6,

    /// <summary>Nobody knows whether a card came out: no machine goes on.</summary>
    Unknown = 7,
    Cancelled = 8,

    /// <summary>A person compared the chip with the record.</summary>
    Verified = 9,
    HandedOver = 10,
}

/// <summary>Who comes first; numbered like the wire's enum.</summary>
internal enum JobPriority
{
    FirstTime = 1,
    Disaster = 2,
    SuketReplacement = 3,
    Other = 4,
}

/// <summary>One card owed to one citizen. The epoch counts its leases and fences them.</summary>
internal sealed record Job(
    JobId Id, CitizenId Citizen, long IssuanceNumber, string IssuanceId, RegionCode Region, JobPriority Priority, DateTimeOffset EnqueuedAt)
{
    public required JobState State { get; init; }

    /// <summary>Why it is held, quarantined or cancelled.</summary>
    public string Reason { get; init; } = "";

    public long Epoch { get; init; }

    /// <summary>The station that holds or held it last.</summary>
    public StationId? Station { get; init; }

    /// <summary>End of the lease, or of the patience with a started attempt.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public Failures Failures { get; init; }

    /// <summary>Where it is not to be printed next.</summary>
    public StationId? AvoidedStation { get; init; }

    public DateTimeOffset? AvoidedUntil { get; init; }

    /// <summary>Why it was cancelled, or is to be once its fate is known; null when nobody asked.</summary>
    public string? CancelReason { get; init; }

    /// <summary>The withdrawn card that this one replaces; 0 for none.</summary>
    public long ReplacesSerial { get; init; }

    /// <summary>Asked for after it was started: its card is spoiled as soon as there is one.</summary>
    public bool CancelRequested => CancelReason is not null && State is JobState.Started or JobState.Unknown;

    /// <summary>How a refusal calls its state, as the contract and the documents do: HANDED_OVER.</summary>
    public string StateWord => JsonNamingPolicy.SnakeCaseUpper.ConvertName(State.ToString());

    /// <summary>Its place in the queue.</summary>
    public DateTimeOffset RankedAt => Ranking.RankedAt(EnqueuedAt, Priority);

    public bool IsLeasedTo(StationId station, long epoch) => State == JobState.Leased && Station == station && Epoch == epoch;

    /// <summary>What a fact makes of it.</summary>
    public Job After(JobFact fact) => fact switch
    {
        JobHeld held => this with { State = JobState.Held, Reason = held.Reason },
        JobReleased => this with { State = JobState.Ready, Reason = "", Failures = default, AvoidedStation = null, AvoidedUntil = null },
        JobCancelled cancelled => this with { State = JobState.Cancelled, Reason = cancelled.Reason, CancelReason = cancelled.Reason, DueAt = null },
        CancelRequested asked => this with { CancelReason = asked.Reason },
        JobLeased leased => this with { State = JobState.Leased, Epoch = leased.Epoch, Station = StationId.Trusted(leased.StationId), DueAt = leased.Until },
        JobReturned => this with { State = JobState.Ready, DueAt = null },
        AttemptStarted started => this with { State = JobState.Started, DueAt = started.ReportBy },
        AttemptPrinted printed => Settled(printed.Next ?? JobState.Printed),
        AttemptFailed failed => Settled(failed.Next, failed.Reason, failed.FailureClass).Avoiding(failed.StationId, failed.AvoidUntil),
        AttemptNotFed notFed => Settled(notFed.Next ?? JobState.Ready).Avoiding(notFed.StationId, notFed.AvoidUntil),
        AttemptUnknown unknown => Settled(JobState.Unknown, unknown.Cause.ToString()),
        AttemptResolved resolved => Settled(resolved.Next, resolved.Reason, resolved.Finding.FailureClass()).Avoiding(resolved.StationId, resolved.AvoidUntil),
        CardVerified => Settled(JobState.Verified),
        CardHandedOver => Settled(JobState.HandedOver),
        CardSpoiled spoiled => Settled(spoiled.Next, spoiled.Reason) with { CancelReason = spoiled.Next == JobState.Cancelled ? spoiled.Reason : CancelReason },
        _ => this,
    };

    private Job Settled(JobState state, string reason = "", FailureClass? failure = null) => this with
    {
        State = state,
        Reason = state == JobState.Cancelled && reason.Length == 0 ? CancelReason ?? "" : reason,
        DueAt = null,
        Failures = failure is { } failed ? Failures.With(failed) : Failures,
    };

    private Job Avoiding(string station, DateTimeOffset? until) => this with
    {
        AvoidedStation = until is null ? null : StationId.Trusted(station),
        AvoidedUntil = until,
    };
}

/// <summary>How often a job's attempts failed, by class.</summary>
internal readonly record struct Failures(int Print, int Encode, int Feed)
{
    public int All => Print + Encode + Feed;

    public Failures With(FailureClass failure) => failure switch
    {
        FailureClass.Print => this with { Print = Print + 1 },
        FailureClass.Encode => this with { Encode = Encode + 1 },
        FailureClass.Feed => this with { Feed = Feed + 1 },
        _ => this,
    };
}
