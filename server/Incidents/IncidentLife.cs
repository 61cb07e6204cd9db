using Ktp.Incidents.V1;
using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Incidents;

/// <summary>
/// What becomes of an incident: a function of what is wrong with its cause, of what the incident is by its facts, and of the
/// moment. docs/incidents.md draws it, and gives each constant its reason.
/// </summary>
internal static class IncidentLife
{
    /// <summary>What comes back this soon was never gone.</summary>
    public static readonly TimeSpan Damping = TimeSpan.FromHours(1);

    /// <summary>A cause that flapped is steady when nothing changed for so long.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    /// <summary>At most two notices of one cause lie within this.</summary>
    public static readonly TimeSpan NoticeWindow = TimeSpan.FromHours(1);

    /// <summary>An acknowledgement holds for so long unless it says otherwise.</summary>
    public static readonly TimeSpan AcknowledgedFor = TimeSpan.FromDays(7);

    /// <summary>Working time after which a critical incident that nobody acknowledged goes one level up.</summary>
    public static readonly TimeSpan CriticalPatience = TimeSpan.FromHours(4);

    /// <summary>Days after which a warning does.</summary>
    public static readonly TimeSpan WarningPatience = TimeSpan.FromDays(3);

    /// <summary>The facts that bring the incident of a cause in line with what is so now, in their order.</summary>
    /// <param name="last">The open incident of the cause, else its last one.</param>
    /// <param name="newId">The id of one that opens now.</param>
    public static IReadOnlyList<IFact> Decide(CauseNow cause, Incident? last, string newId, DateTimeOffset now)
    {
        var facts = new List<IFact>();
        while (Next(cause, last, newId, now) is { } fact)
        {
            facts.Add(fact);
            last = fact is IncidentOpened opened ? Incident.Of(opened, now, last) : last!.After(fact, now);
        }

        return facts;
    }

    /// <summary>When time alone will change something, if nothing else happens; null for never.</summary>
    public static DateTimeOffset? DueAt(CauseNow cause, Incident? last)
    {
        if (last is not { IsOpen: true })
        {
            return null;
        }

        DateTimeOffset?[] moments =
        [
            last.Flapping ? cause.ChangedAt + Quiet : null,
            cause.Trouble is null ? null : last.AcknowledgedUntil,
            IsAsking(cause, last) && last.Owed ? Later(NoticeAllowedAt(last), last.SilencedUntil) : null,
            IsAsking(cause, last) ? RaiseAt(last) : null,
        ];
        return moments.Min();
    }

    private static IFact? Next(CauseNow cause, Incident? last, string newId, DateTimeOffset now) => (last, cause.Trouble) switch
    {
        ({ IsOpen: true }, null) => last.Flapping && !IsQuiet(cause, now) ? Muted(cause, last) : Closed(last, "It is well again."),
        ({ IsOpen: true }, { } trouble) => Muted(cause, last) ?? Changed(cause, last, trouble, now) ?? Aged(cause, last, now) ?? Noticed(cause, last, now),
        (_, null) => null,
        _ when cause.Mute.IsMuted => null,
        ({ ClosedAt: { } closed }, { } trouble) when now - closed <= Damping && !IsSuccession(last.Kind, trouble.Kind) =>
            new IncidentReopened(last.Id, last.Region, trouble.Kind, trouble.Severity, trouble.Summary, Flapping: last.Returns > 0 || !MayNotice(last, now)),
        (_, { } trouble) => new IncidentOpened(
            newId, cause.Cause, trouble.Kind, trouble.Severity, trouble.Region, trouble.StationId, trouble.Device, trouble.Summary,
            Flapping: last is { ClosedAt: { } closed } && now - closed <= Damping && !MayNotice(last, now)),
    };

    private static IFact? Muted(CauseNow cause, Incident last) => (last.Mute == cause.Mute, cause.Mute.IsMuted) switch
    {
        (true, _) => null,
        (_, true) => new IncidentSuppressed(last.Id, last.Region, cause.Mute.By, cause.Mute.InMaintenance),
        _ => new IncidentSurfaced(last.Id, last.Region),
    };

    /// <summary>What is wrong is another, a graver or a wider thing than was told.</summary>
    private static IFact? Changed(CauseNow cause, Incident last, Trouble trouble, DateTimeOffset now)
    {
        var quiet = IsQuiet(cause, now);
        return IsSuccession(last.Kind, trouble.Kind) switch
        {
            // A milder one waits while it flaps: the gravest that was is what a person must know.
            true when trouble.Kind < last.Kind && !quiet && last.Flapping => null,
            true when trouble.Kind < last.Kind && !quiet && !MayNotice(last, now) => new IncidentFlapped(last.Id, last.Region),
            true => Closed(last, $"Succeeded: {trouble.Summary}"),
            _ when last.Flapping && quiet => new IncidentSteadied(last.Id, last.Region),
            _ when trouble.Kind > last.Kind && !cause.Mute.IsMuted => new IncidentEscalated(last.Id, last.Region, trouble.Kind, trouble.Severity, trouble.Summary),
            _ when trouble.Kind is IncidentKind.RegionSilent or IncidentKind.ModelShifted && trouble.Summary != last.Summary =>
                new IncidentWidened(last.Id, last.Region, trouble.Summary),
            _ => null,
        };
    }

    private static IFact? Aged(CauseNow cause, Incident last, DateTimeOffset now) =>
        last.AcknowledgedUntil <= now ? new AcknowledgementExpired(last.Id, last.Region)
        : IsAsking(cause, last) && !last.IsSilenced(now) && RaiseAt(last) is { } at && at <= now ? new IncidentRaised(last.Id, last.Region, last.Level + 1, at)
        : null;

    private static IncidentNoticed? Noticed(CauseNow cause, Incident last, DateTimeOffset now) =>
        last.Owed && IsAsking(cause, last) && !last.IsSilenced(now) && MayNotice(last, now)
            ? new IncidentNoticed(last.Id, last.Region, last.Kind, last.Severity, last.Level, last.Flapping, last.Summary)
            : null;

    /// <summary>One kit left and no kit left are told apart in history: each is an incident of its own.</summary>
    private static bool IsSuccession(IncidentKind from, IncidentKind to) =>
        from != to && from is IncidentKind.OneKitLeft or IncidentKind.NoKitLeft && to is IncidentKind.OneKitLeft or IncidentKind.NoKitLeft;

    /// <summary>Whether it waits for a person: wrong now, seen by nobody, and nothing explains it.</summary>
    private static bool IsAsking(CauseNow cause, Incident last) => cause.Trouble is not null && !cause.Mute.IsMuted && last.AcknowledgedAt is null;

    private static bool MayNotice(Incident last, DateTimeOffset now) => !(now - last.NoticedBefore <= NoticeWindow);

    private static DateTimeOffset NoticeAllowedAt(Incident last) =>
        last.NoticedBefore is { } before ? before + NoticeWindow + TimeSpan.FromMilliseconds(1) : DateTimeOffset.MinValue;

    /// <summary>When nobody has acknowledged it for too long; the time in which it was silenced does not count.</summary>
    private static DateTimeOffset? RaiseAt(Incident last) => last.Level >= IncidentLevel.Country ? null : last.Severity switch
    {
        IncidentSeverity.Critical => WorkingTime.After(Later(last.AskedAt, last.SilencedUntil), CriticalPatience),
        IncidentSeverity.Warning => Later(last.AskedAt, last.SilencedUntil) + WarningPatience,
        _ => null,
    };

    private static bool IsQuiet(CauseNow cause, DateTimeOffset now) => now - cause.ChangedAt >= Quiet;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    private static IncidentClosed Closed(Incident incident, string reason) => new(incident.Id, incident.Region, reason);
}
