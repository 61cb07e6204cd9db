using FsCheck;
using FsCheck.Fluent;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Incidents;

public sealed class IncidentLifeTests
{
    /// <summary>A Monday, 10:00 in Kupang.</summary>
    private static readonly DateTimeOffset _start = new(2016, 8, 1, 2, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Cause_ThatFlapsInAnyWay_MakesTwoNoticesAnHourAtMostAndAtRestTellsTheTruth() => Property.Holds(Flaps([IncidentKind.DeviceFailing, IncidentKind.DeviceFailed]), flaps =>
    {
        var history = Play(flaps);

        AssertDamped(history);
        history.After(_hour + _minute);
        Assert.Equal(history.Trouble is not null, history.Last is { IsOpen: true });
        Assert.False(history.Last is { IsOpen: true } and ({ Owed: true } or { Flapping: true }));
        Assert.True(history.Last is not { IsOpen: true } || history.Last!.Kind >= history.Trouble!.Kind);
        AssertDamped(history);
    });

    [Fact]
    public void Office_WhoseKitsFlapInAnyWay_TellsNoneAtOnceAndAtRestWhatIsLeft() => Property.Holds(Flaps([IncidentKind.OneKitLeft, IncidentKind.NoKitLeft]), flaps =>
    {
        var history = new CauseHistory(_start);
        foreach (var (minutes, kind) in flaps)
        {
            Become(history, kind);
            Assert.True(kind != IncidentKind.NoKitLeft || history.Last is { IsOpen: true, Kind: IncidentKind.NoKitLeft });
            history.After(minutes * _minute);
        }

        history.After(_hour + _minute);
        Assert.Equal(history.Trouble?.Kind, history.Last is { IsOpen: true } open ? open.Kind : null);
        Assert.False(history.Last is { IsOpen: true, Owed: true });
        AssertDamped(history);
    });

    [Fact]
    public void OfficeOfKits_ThatChangesEveryTwoHours_HasOneKitLeftExactlyWhereItFellToOne() => Property.Holds(Gen.Choose(0, 6).ListOf(60), counts =>
    {
        long most = 0;
        var history = new CauseHistory(_start);
        foreach (var working in counts)
        {
            most = Math.Max(most, working);
            Become(history, IncidentRules.OfOffice(new KnownOffice("53.71", most, working))?.Kind ?? IncidentKind.Unspecified);
            var kind = history.Last is { IsOpen: true } open ? open.Kind : IncidentKind.Unspecified;
            Assert.Equal(working == 0 && most > 0 ? IncidentKind.NoKitLeft : working == 1 && most > 1 ? IncidentKind.OneKitLeft : IncidentKind.Unspecified, kind);
            history.After(2 * _hour);
        }
    });

    [Fact]
    public void OneKitLeft_ThatBecomesNone_IsClosedAndFollowedByAnotherIncident()
    {
        var history = new CauseHistory(_start).Is(IncidentKind.OneKitLeft);
        var one = history.Last!;

        history.After(TimeSpan.FromDays(3)).Is(IncidentKind.NoKitLeft);

        Assert.Equal(one.Id, history.Facts.Select(fact => fact.Fact).OfType<IncidentClosed>().Single().IncidentId);
        Assert.NotEqual(one.Id, history.Last!.Id);
        Assert.Equal((IncidentKind.NoKitLeft, IncidentSeverity.Critical, "53.71"), (history.Last!.Kind, history.Last!.Severity, history.Last!.Region));
    }

    [Fact]
    public void Device_ThatFailsAfterItWasFailing_EscalatesTheSameIncident()
    {
        var history = new CauseHistory(_start).Is(IncidentKind.DeviceFailing);
        var failing = history.Last!;

        var failed = history.After(_minute).Is(IncidentKind.DeviceFailed).Last!;
        var better = history.After(_minute).Is(IncidentKind.DeviceFailing).Last!;
        var well = history.After(_minute).IsWell().Last!;

        Assert.Equal((failing.Id, IncidentKind.DeviceFailed, 2L), (failed.Id, failed.Kind, failed.Notices));
        Assert.Equal(failed, better);
        Assert.False(well.IsOpen);
    }

    [Fact]
    public void Cause_ThatFlapsForHours_StaysOneFlappingIncidentUntilItIsQuiet()
    {
        var history = new CauseHistory(_start);
        for (var minute = 0; minute < 600; minute += 20)
        {
            (minute % 40 == 0 ? history.Is(IncidentKind.DeviceFailing) : history.IsWell()).After(20 * _minute);
        }

        Assert.True(history.Last is { Flapping: true, IsOpen: true, Notices: 3 });
        Assert.Single(history.Facts, fact => fact.Fact is IncidentOpened);
        Assert.True(history.Facts.Count < 12, "Flapping is written down a few times, and not each time.");
        history.After(_hour);
        Assert.False(history.Last!.IsOpen);
        Assert.NotEqual(history.Last!.Id, history.After(2 * _hour).Is(IncidentKind.DeviceFailing).Last!.Id);
    }

    [Fact]
    public void Mute_OfAnOpenIncident_IsToldAndEndsWithWhatWasNotTold()
    {
        var history = new CauseHistory(_start).Is(IncidentKind.DeviceFailing).IsMuted(Mute.Under("I9"));

        Assert.Equal("I9", history.Last!.Mute.By);
        history.After(_minute).Is(IncidentKind.DeviceFailed);
        Assert.Equal((IncidentKind.DeviceFailing, 1L), (history.Last!.Kind, history.Last!.Notices));
        history.After(_minute).IsMuted(Mute.None);
        Assert.Equal((IncidentKind.DeviceFailed, 2L, Mute.None), (history.Last!.Kind, history.Last!.Notices, history.Last!.Mute));
    }

    [Fact]
    public void Mute_FromTheBeginning_OpensNothingUntilItEnds()
    {
        var history = new CauseHistory(_start).IsMuted(Mute.Maintenance).Is(IncidentKind.DeviceFailed).After(TimeSpan.FromDays(2));

        Assert.Empty(history.Facts);
        Assert.True(history.IsMuted(Mute.None).Last is { IsOpen: true, Notices: 1 });
        Assert.False(history.IsMuted(Mute.Maintenance).IsWell().Last!.IsOpen);
    }

    [Fact]
    public void Acknowledgement_ThatRunsOut_AsksAgain()
    {
        var history = new CauseHistory(_start).Is(IncidentKind.DeviceFailed).Hears(Acknowledge(_start.AddDays(2)));

        Assert.Equal(1, history.After(TimeSpan.FromDays(2) - _minute).Last!.Notices);
        Assert.Equal(_start.AddDays(2), history.Last!.AcknowledgedUntil);
        history.After(_minute);
        Assert.Equal((null, 2L, _start.AddDays(2)), (history.Last!.AcknowledgedAt, history.Last!.Notices, history.Last!.AskedAt));
    }

    [Fact]
    public void Acknowledgement_WithoutAWord_HoldsForAWeek() =>
        Assert.Equal(_start.AddDays(7), new CauseHistory(_start).Is(IncidentKind.DeviceFailed).Hears(Acknowledge(null)).Last!.AcknowledgedUntil);

    [Fact]
    public void Silence_KeepsWhatGetsGraverUntilItEnds()
    {
        var history = new CauseHistory(_start).Is(IncidentKind.DeviceFailing)
            .Hears(incident => new IncidentSilenced(incident.Id, incident.Region, _start.AddDays(5), "Sparepart dipesan", "operator:o"))
            .After(_minute).Is(IncidentKind.DeviceFailed);

        Assert.Equal((1L, IncidentKind.DeviceFailed, IncidentLevel.Regency), (history.After(TimeSpan.FromDays(4)).Last!.Notices, history.Last!.Kind, history.Last!.Level));
        Assert.Equal(2, history.After(TimeSpan.FromDays(1)).Last!.Notices);
        Assert.Equal(IncidentLevel.Regency, history.After(TimeSpan.FromDays(2.9)).Last!.Level);
        Assert.Equal(IncidentLevel.Province, history.After(TimeSpan.FromDays(0.2)).Last!.Level);
    }

    [Fact]
    public void CriticalIncident_NobodyAcknowledges_ClimbsALevelEachFourWorkingHours()
    {
        var history = new CauseHistory(_start).Is(IncidentKind.NoKitLeft);

        Assert.Equal(IncidentLevel.Regency, history.After(4 * _hour - _minute).Last!.Level);
        Assert.Equal((IncidentLevel.Province, 2L), (history.After(_minute).Last!.Level, history.Last!.Notices));

        // One hour of Monday was left; three follow on Tuesday.
        Assert.Equal(IncidentLevel.Province, history.After(22 * _hour).Last!.Level);
        Assert.Equal((IncidentLevel.Country, 3L), (history.After(1 * _hour).Last!.Level, history.Last!.Notices));
        Assert.Equal(3, history.After(TimeSpan.FromDays(30)).Last!.Notices);
    }

    [Fact]
    public void CriticalIncident_AfterAWeekThatNobodyLookedAt_IsWhereItWouldBe()
    {
        var jumped = new CauseHistory(_start).Is(IncidentKind.NoKitLeft);
        var cause = new CauseNow("cause", jumped.Trouble, _start, Mute.None);

        var facts = IncidentLife.Decide(cause, jumped.Last, "I", _start.AddDays(7));

        Assert.Equal([IncidentLevel.Province, IncidentLevel.Country], facts.OfType<IncidentRaised>().Select(raised => raised.Level));
        Assert.Single(facts.OfType<IncidentNoticed>());
    }

    [Fact]
    public void Warning_ClimbsAfterThreeDays_AndANoticeNever()
    {
        Assert.Equal(IncidentLevel.Province, new CauseHistory(_start).Is(IncidentKind.DeviceFailed).After(TimeSpan.FromDays(3)).Last!.Level);
        Assert.Equal(IncidentLevel.Regency, new CauseHistory(_start).Is(IncidentKind.DeviceFailing).After(TimeSpan.FromDays(90)).Last!.Level);
        Assert.Equal(IncidentLevel.Regency, new CauseHistory(_start).Is(IncidentKind.DeviceFailed).Hears(Acknowledge(null)).After(TimeSpan.FromDays(6)).Last!.Level);
    }

    [Theory]
    [InlineData("2016-08-01T00:00:00Z", 4, "2016-08-01T06:00:00Z")]
    [InlineData("2016-08-01T05:00:00Z", 4, "2016-08-02T04:00:00Z")]
    [InlineData("2016-08-05T06:30:00Z", 4, "2016-08-08T05:30:00Z")]
    [InlineData("2016-08-06T03:00:00Z", 10, "2016-08-09T07:00:00Z")]
    [InlineData("2016-08-01T22:00:00Z", 1, "2016-08-02T03:00:00Z")]
    public void WorkingTime_PassesWhereAllOfficesAreOpen(DateTimeOffset from, int hours, DateTimeOffset until) =>
        Assert.Equal(until, WorkingTime.After(from, TimeSpan.FromHours(hours)));

    private static Func<Server.Incidents.Incident, IncidentAcknowledged> Acknowledge(DateTimeOffset? until) =>
        incident => new IncidentAcknowledged(incident.Id, incident.Region, "operator:o", until);

    private static void AssertDamped(CauseHistory history)
    {
        var notices = history.Notices.ToList();
        for (var i = 2; i < notices.Count; i++)
        {
            Assert.True(notices[i] - notices[i - 2] > _hour, $"Three notices from {notices[i - 2]:O} to {notices[i]:O}.");
        }
    }

    private static CauseHistory Play(IEnumerable<(int Minutes, IncidentKind Kind)> flaps) => flaps.Aggregate(new CauseHistory(_start), (history, flap) =>
    {
        Become(history, flap.Kind);
        return history.After(flap.Minutes * _minute);
    });

    private static void Become(CauseHistory history, IncidentKind kind) => _ = kind == IncidentKind.Unspecified ? history.IsWell() : history.Is(kind);

    /// <summary>A state, well among them, and the minutes that it lasts: often a few, now and then more than an hour.</summary>
    private static Gen<List<(int Minutes, IncidentKind Kind)>> Flaps(IncidentKind[] kinds) =>
        Gen.Frequency((4, Gen.Choose(0, 15)), (2, Gen.Choose(15, 70)), (1, Gen.Choose(70, 400)))
            .SelectMany(minutes => Gen.Elements([IncidentKind.Unspecified, IncidentKind.Unspecified, .. kinds]), (minutes, kind) => (minutes, kind))
            .ListOf(40).Select(list => list.ToList());
}
