using Ktp.Incidents.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Incidents;

/// <summary>
/// Something is wrong and a person must know. The cause is what it is about (device/53.71.04-1/iris/IR-1, kits/53.71): one
/// cause has at most one open incident. It is the fold of its facts.
/// </summary>
internal sealed record Incident(
    string Id, string Cause, IncidentKind Kind, IncidentSeverity Severity, string Region, string StationId, string Device, string Summary,
    DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, DateTimeOffset? AcknowledgedAt)
{
    public bool IsOpen => ClosedAt is null;

    public string AcknowledgedBy { get; init; } = "";

    public DateTimeOffset? AcknowledgedUntil { get; init; }

    /// <summary>What keeps it from people now.</summary>
    public Mute Mute { get; init; } = Mute.None;

    public DateTimeOffset? SilencedUntil { get; init; }

    public string SilenceReason { get; init; } = "";

    /// <summary>It stays open although its cause may be well, until that was quiet for a while.</summary>
    public bool Flapping { get; init; }

    /// <summary>How often it came back a short while after it had closed, since it was last steady.</summary>
    public long Returns { get; init; }

    public IncidentLevel Level { get; init; }

    /// <summary>Since when the present level is asked.</summary>
    public DateTimeOffset AskedAt { get; init; }

    /// <summary>A person is to be told, and was not yet.</summary>
    public bool Owed { get; init; }

    /// <summary>How often a person was told.</summary>
    public long Notices { get; init; }

    /// <summary>The last notice about its cause and the one before it, whichever incident they were of.</summary>
    public DateTimeOffset? NoticedAt { get; init; }

    public DateTimeOffset? NoticedBefore { get; init; }

    public bool IsSilenced(DateTimeOffset now) => SilencedUntil > now;

    public static Incident Of(IncidentOpened fact, DateTimeOffset at, Incident? before) => new(
        fact.IncidentId, fact.Cause, fact.IncidentKind, fact.Severity, fact.Region, fact.StationId, fact.Device, fact.Summary, at, null, null)
    {
        Flapping = fact.Flapping,
        Level = FirstLevel(fact.Region),
        AskedAt = at,
        Owed = true,
        NoticedAt = before?.NoticedAt,
        NoticedBefore = before?.NoticedBefore,
    };

    /// <summary>What a fact makes of it.</summary>
    public Incident After(IFact fact, DateTimeOffset at) => fact switch
    {
        IncidentReopened again => Asking(at) with
        {
            Kind = again.IncidentKind,
            Severity = again.Severity,
            Summary = again.Summary,
            ClosedAt = null,
            Flapping = again.Flapping,
            Returns = Returns + 1,
        },
        IncidentEscalated graver => Asking(at) with { Kind = graver.IncidentKind, Severity = graver.Severity, Summary = graver.Summary },
        IncidentWidened wider => this with { Summary = wider.Summary },
        IncidentFlapped => this with { Flapping = true },
        IncidentSteadied => this with { Flapping = false, Returns = 0 },
        IncidentSuppressed muted => this with { Mute = new Mute(muted.By, muted.InMaintenance) },
        IncidentSurfaced => this with { Mute = Mute.None, AskedAt = at },
        IncidentClosed => this with { ClosedAt = at, Owed = false, Mute = Mute.None },
        IncidentAcknowledged seen => this with
        {
            AcknowledgedAt = at,
            AcknowledgedBy = seen.By,
            AcknowledgedUntil = seen.Until ?? at + IncidentLife.AcknowledgedFor,
            Owed = false,
        },
        AcknowledgementExpired => Asking(at),
        IncidentSilenced silenced => this with { SilencedUntil = silenced.Until, SilenceReason = silenced.Reason },
        IncidentRaised raised => this with { Level = raised.Level, AskedAt = raised.Since, Owed = true },
        IncidentNoticed => this with { Owed = false, Notices = Notices + 1, NoticedBefore = NoticedAt, NoticedAt = at },
        _ => this,
    };

    /// <summary>Nobody has seen it as it is now.</summary>
    private Incident Asking(DateTimeOffset at) =>
        this with { AcknowledgedAt = null, AcknowledgedBy = "", AcknowledgedUntil = null, AskedAt = at, Owed = true };

    /// <summary>What is about a whole province, or the country, begins with those who look after it.</summary>
    private static IncidentLevel FirstLevel(string region) => RegionCode.Trusted(region).Depth switch
    {
        0 => IncidentLevel.Country,
        1 => IncidentLevel.Province,
        _ => IncidentLevel.Regency,
    };
}

/// <summary>What keeps an incident from people: another open incident that explains it (its id), or maintenance.</summary>
internal readonly record struct Mute(string By, bool InMaintenance)
{
    public static readonly Mute None = new("", false);

    public static readonly Mute Maintenance = new("", true);

    public static Mute Under(string incidentId) => new(incidentId, false);

    public bool IsMuted => InMaintenance || By.Length > 0;
}
