using Google.Protobuf.WellKnownTypes;
using Ktp.Incidents.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Witness;

namespace KtpGrpc.Fleet.Tests.Witness;

public sealed class IncidentJudgeTests
{
    private readonly FleetPlan _plan = SmallScenario.Plan();

    private DateTimeOffset Fire => _plan.Deaths[0].DiesAt;

    private DateTimeOffset Wear => _plan.Deaths[1].WearFrom!.Value;

    private DateTimeOffset Death => _plan.Deaths[1].DiesAt;

    private static DateTimeOffset Outage => new(2017, 2, 14, 0, 45, 0, TimeSpan.Zero);

    [Fact]
    public void DeviceFailing_OnceItWears_IsTrue()
    {
        Assert.False(IsFalse(IncidentKind.DeviceFailing, "53.71.04-1", "fingerprint/F-1", Wear.AddDays(1)));
        Assert.False(IsFalse(IncidentKind.DeviceFailed, "53.71.04-1", "fingerprint/F-1", Death));
    }

    [Fact]
    public void DeviceFailing_BeforeItWears_IsFalse() =>
        Assert.True(IsFalse(IncidentKind.DeviceFailing, "53.71.04-1", "fingerprint/F-1", Wear.AddMinutes(-1)));

    [Theory]
    [InlineData("iris/I-1")]
    [InlineData("printer/P-1")]
    [InlineData("fingerprint/F-2")]
    [InlineData("nonsense")]
    public void DeviceFailing_OfADeviceThatIsWell_IsFalse(string device) =>
        Assert.True(IsFalse(IncidentKind.DeviceFailing, "53.71.04-1", device, Wear.AddDays(1)));

    [Fact]
    public void StationSilent_WhenItBurntOrItsUplinkIsOut_IsTrueAndElseFalse()
    {
        Assert.False(IsFalse(IncidentKind.StationSilent, "53.71.05-1", "", Fire.AddHours(3)));
        Assert.False(IsFalse(IncidentKind.StationSilent, "53.71.04-1", "", Outage));
        Assert.True(IsFalse(IncidentKind.StationSilent, "53.71.05-1", "", Fire.AddHours(-3)));
        Assert.True(IsFalse(IncidentKind.StationSilent, "53.71.04-1", "", Death));
    }

    [Fact]
    public void RegionSilent_WhileOneStationSpeaks_IsFalse()
    {
        Assert.False(IsFalse(IncidentKind.RegionSilent, "", "", Outage));
        Assert.True(IsFalse(IncidentKind.RegionSilent, "", "", Fire.AddHours(3)));
    }

    [Fact]
    public void KitsLeft_WhenMoreWork_IsFalse()
    {
        Assert.True(IsFalse(IncidentKind.OneKitLeft, "", "", Fire.AddMinutes(-1)));
        Assert.False(IsFalse(IncidentKind.OneKitLeft, "", "", Fire));
        Assert.True(IsFalse(IncidentKind.NoKitLeft, "", "", Fire));
        Assert.False(IsFalse(IncidentKind.NoKitLeft, "", "", Death));
    }

    [Fact]
    public void StationCloned_WhereThereAreNoClones_IsFalse()
    {
        Assert.True(IsFalse(IncidentKind.StationCloned, "53.71.04-1", "", Death));
        Assert.False(IsFalse(IncidentKind.PrintUnknown, "53.71.04-1", "", Fire));
    }

    private bool IsFalse(IncidentKind kind, string station, string device, DateTimeOffset opened) => IncidentJudge.IsFalse(
        new Incident { Kind = kind, RegionCode = station.Length > 0 ? station[..8] : "53.71", StationId = station, Device = device, OpenedAt = opened.ToTimestamp() }, _plan);
}
