using Ktp.Incidents.V1;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Server.Journal;
using Incident = KtpGrpc.Server.Incidents.Incident;

namespace KtpGrpc.Server.Tests.Incidents;

/// <summary>One cause over time, as the follower and its timer would keep it: every change settles, and time alone when it is due.</summary>
internal sealed class CauseHistory(DateTimeOffset start)
{
    private DateTimeOffset _changedAt = start;
    private Mute _mute = Mute.None;

    public DateTimeOffset Now { get; private set; } = start;

    public Trouble? Trouble { get; private set; }

    public Incident? Last { get; private set; }

    public List<(DateTimeOffset At, IFact Fact)> Facts { get; } = [];

    public IEnumerable<DateTimeOffset> Notices => Facts.Where(fact => fact.Fact is IncidentNoticed).Select(fact => fact.At);

    public static Trouble Of(IncidentKind kind) => new(kind, "53.71", "", "", $"{kind}");

    /// <summary>Time passes; where a timer of a minute is due on the way, it runs.</summary>
    public CauseHistory After(TimeSpan time)
    {
        for (var end = Now + time; Now < end;)
        {
            var due = IncidentLife.DueAt(Cause, Last);
            Now = due is { } at && at > Now && at < end ? at : end;
            Settle();
        }

        return this;
    }

    public CauseHistory Is(IncidentKind kind) => Becomes(Of(kind));

    public CauseHistory IsWell() => Becomes(null);

    public CauseHistory IsMuted(Mute mute)
    {
        _mute = mute;
        Settle();
        return this;
    }

    public CauseHistory Hears(Func<Incident, IFact> word)
    {
        Take(word(Last!));
        Settle();
        return this;
    }

    private CauseNow Cause => new("cause", Trouble, _changedAt, _mute);

    private CauseHistory Becomes(Trouble? trouble)
    {
        _changedAt = trouble?.Kind == Trouble?.Kind ? _changedAt : Now;
        Trouble = trouble;
        Settle();
        return this;
    }

    private void Settle()
    {
        foreach (var fact in IncidentLife.Decide(Cause, Last, $"I{Facts.Count}", Now))
        {
            Take(fact);
        }
    }

    private void Take(IFact fact)
    {
        Last = fact is IncidentOpened opened ? Incident.Of(opened, Now, Last) : Last!.After(fact, Now);
        Facts.Add((Now, fact));
    }
}
