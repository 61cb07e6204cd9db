using Ktp.Health.V1;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using Xunit;

namespace KtpGrpc.Server.Tests.Incidents;

public sealed class IncidentRulesTests
{
    private static readonly KnownStation _station = new(StationId.Of(RegionCode.Trusted("53.71.04"), 1), StationStanding.Active, null, true, false, "");

    [Fact]
    public void Device_ThatIsDegraded_IsWatchedAndNotActedOn()
    {
        Assert.Null(Of(ConditionState.Degraded, IncidentKind.Unspecified));
        Assert.Equal(IncidentKind.DeviceFailing, Of(ConditionState.Failing, IncidentKind.Unspecified)!.Kind);
        Assert.Equal(IncidentKind.DeviceFailed, Of(ConditionState.Degraded, IncidentKind.DeviceFailed)!.Kind);
        Assert.Null(Of(ConditionState.Healthy, IncidentKind.DeviceFailed));
    }

    [Theory]
    [InlineData(6, 6, IncidentKind.Unspecified)]
    [InlineData(6, 2, IncidentKind.Unspecified)]
    [InlineData(6, 1, IncidentKind.OneKitLeft)]
    [InlineData(6, 0, IncidentKind.NoKitLeft)]
    [InlineData(1, 1, IncidentKind.Unspecified)]
    [InlineData(1, 0, IncidentKind.NoKitLeft)]
    [InlineData(0, 0, IncidentKind.Unspecified)]
    public void Office_HasATroubleExactlyWhereItFellToOneOrNone(long most, long working, IncidentKind kind) =>
        Assert.Equal(kind, IncidentRules.OfOffice(new KnownOffice("53.71", most, working))?.Kind ?? IncidentKind.Unspecified);

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

    private static Trouble? Of(ConditionState state, IncidentKind before) =>
        IncidentRules.OfDevice(_station, new KnownDevice(new DeviceKey(DeviceKind.Iris, "IR-1"), state, ""), before);
}
