using FsCheck;
using FsCheck.Fluent;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using Xunit;
using Incident = KtpGrpc.Server.Incidents.Incident;

namespace KtpGrpc.Server.Tests.Incidents;

public sealed class IncidentRulesTests
{
    private static readonly DateTimeOffset _start = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly KnownStation _station = new(StationId.Of(RegionCode.Trusted("53.71.04"), 1), StationStanding.Active, null, true, false, "");

    [Fact]
    public void Office_OverAnyHistory_HasOneKitLeftExactlyWhereItFellToOne() => Prop.ForAll(
        Gen.Choose(0, 6).ListOf(60).ToArbitrary(),
        counts =>
        {
            long most = 0;
            Incident? open = null;
            return counts.Select((working, step) => (working, step)).All(at =>
            {
                most = Math.Max(most, at.working);
                var trouble = IncidentRules.OfOffice(new KnownOffice("53.71", most, at.working));
                open = Fold(open, IncidentRules.Decide("kits/53.71", open, trouble, false, $"I{at.step}", _start.AddHours(2 * at.step)), _start.AddHours(2 * at.step));
                var kind = open is { IsOpen: true } ? open.Kind : IncidentKind.Unspecified;
                return kind == (at.working == 0 && most > 0 ? IncidentKind.NoKitLeft : at.working == 1 && most > 1 ? IncidentKind.OneKitLeft : IncidentKind.Unspecified);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void OneKitLeft_ThatBecomesNone_IsClosedAndFollowedByAnotherIncident()
    {
        var one = Decide(null, IncidentRules.OfOffice(new KnownOffice("53.71", 6, 1)), 0);
        var none = IncidentRules.Decide("kits/53.71", one, IncidentRules.OfOffice(new KnownOffice("53.71", 6, 0)), false, "I2", _start.AddDays(3));

        Assert.Equal(one!.Id, Assert.IsType<IncidentClosed>(none[0]).IncidentId);
        var opened = Assert.IsType<IncidentOpened>(none[1]);
        Assert.Equal((IncidentKind.NoKitLeft, IncidentSeverity.Critical, "53.71"), (opened.IncidentKind, opened.Severity, opened.Region));
    }

    [Fact]
    public void Device_ThatFailsAfterItWasFailing_EscalatesTheSameIncident()
    {
        var failing = Decide(null, Of(ConditionState.Failing, null), 0);
        var failed = Decide(failing, Of(ConditionState.Failed, failing), 1);

        Assert.Equal((failing!.Id, IncidentKind.DeviceFailed), (failed!.Id, failed.Kind));
        Assert.Equal(failed, Decide(failed, Of(ConditionState.Degraded, failed), 2));
        Assert.Equal(failed, Decide(failed, Of(ConditionState.Failing, failed), 3));
        Assert.False(Decide(failed, Of(ConditionState.Healthy, failed), 4)!.IsOpen);
        Assert.Null(Of(ConditionState.Degraded, null));
    }

    [Fact]
    public void Device_ThatFlaps_HasOneIncident()
    {
        Incident? last = null;
        var opened = new HashSet<string>();
        for (var minute = 0; minute < 600; minute += 20)
        {
            last = Decide(last, Of(minute % 40 == 0 ? ConditionState.Failing : ConditionState.Healthy, last), minute);
            opened.Add(last!.Id);
        }

        Assert.Single(opened);
        Assert.Equal("I700", Decide(last, Of(ConditionState.Failing, last), 700)!.Id);
    }

    [Fact]
    public void Maintenance_SilencesWhatIsNew_AndLetsEndWhatEnds()
    {
        var trouble = Of(ConditionState.Failed, null);
        var open = Decide(null, Of(ConditionState.Failing, null), 0);

        Assert.Empty(IncidentRules.Decide("c", null, trouble, silenced: true, "I", _start));
        Assert.Empty(IncidentRules.Decide("c", open, trouble, silenced: true, "I", _start));
        Assert.IsType<IncidentClosed>(Assert.Single(IncidentRules.Decide("c", open, null, silenced: true, "I", _start)));
    }

    [Theory]
    [InlineData(DeviceKind.Fingerprint, ConditionState.Failed, false)]
    [InlineData(DeviceKind.Iris, ConditionState.Failed, false)]
    [InlineData(DeviceKind.Camera, ConditionState.Failed, false)]
    [InlineData(DeviceKind.Host, ConditionState.Failed, false)]
    [InlineData(DeviceKind.Printer, ConditionState.Failed, true)]
    [InlineData(DeviceKind.Ups, ConditionState.Failed, true)]
    [InlineData(DeviceKind.Iris, ConditionState.Failing, true)]
    [InlineData(DeviceKind.Iris, ConditionState.Unknown, true)]
    public void Station_WithADevice_WorksUnlessThatIsOneItRecordsWithAndFailed(DeviceKind kind, ConditionState state, bool works)
    {
        var device = new KnownDevice(new DeviceKey(kind, "1"), state, "");

        Assert.Equal(works, _station.IsWorking([device]));
        Assert.False((_station with { PresumedDead = true }).IsWorking([]));
        Assert.False((_station with { WasHeard = false }).IsWorking([]));
        Assert.False((_station with { Standing = StationStanding.Quarantined }).IsWorking([]));
    }

    private static Trouble? Of(ConditionState state, Incident? last) =>
        IncidentRules.OfDevice(_station, new KnownDevice(new DeviceKey(DeviceKind.Iris, "IR-1"), state, ""), last);

    private static Incident? Decide(Incident? last, Trouble? trouble, int minute)
    {
        var now = _start.AddMinutes(minute);
        return Fold(last, IncidentRules.Decide("cause", last, trouble, false, $"I{minute}", now), now);
    }

    private static Incident? Fold(Incident? last, IReadOnlyList<IFact> facts, DateTimeOffset at) => facts.Aggregate(last, (incident, fact) => fact switch
    {
        IncidentOpened opened => new Incident(
            opened.IncidentId, opened.Cause, opened.IncidentKind, opened.Severity, opened.Region, opened.StationId, opened.Device, opened.Summary, at, null, null),
        IncidentReopened reopened => incident! with { Kind = reopened.IncidentKind, ClosedAt = null },
        IncidentEscalated escalated => incident! with { Kind = escalated.IncidentKind },
        IncidentClosed => incident! with { ClosedAt = at },
        _ => incident,
    });
}
