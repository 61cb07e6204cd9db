using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Witness;

namespace KtpGrpc.Fleet.Tests.Witness;

public sealed class ProvinceIncidentsTests
{
    private readonly FleetPlan _plan = SmallProvince.Plan();

    private readonly FleetPlan _calm = SmallProvince.Calm();

    private static DateTimeOffset Holiday => new(2019, 6, 5, 11, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public void Country_SilentOnAHoliday_IsRightAndAnOfficeIsNot()
    {
        Assert.False(IsFalse(IncidentKind.RegionSilent, "", Holiday));
        Assert.True(IsFalse(IncidentKind.RegionSilent, "53.01", Holiday, plan: _calm));
        Assert.True(IsFalse(IncidentKind.RegionSilent, "", Holiday.AddDays(2), plan: _calm));
    }

    [Fact]
    public void Region_SilentInAStormThatComesAndGoes_IsTrue()
    {
        var storm = _plan.Storms.Where(storm => !storm.IsOut).MaxBy(storm => storm.To - storm.From)!;

        Assert.False(IsFalse(IncidentKind.RegionSilent, storm.Region, storm.From.AddHours(2)));
    }

    [Fact]
    public void Model_ThatHasTheBadLot_IsRightWhileItLasts()
    {
        var lasts = new DateTimeOffset(2019, 3, 6, 9, 0, 0, TimeSpan.FromHours(8));

        Assert.False(IsFalse(IncidentKind.ModelShifted, "", lasts, "3 devices of model P (printer) went bad together."));
        Assert.True(IsFalse(IncidentKind.ModelShifted, "", lasts, "3 devices of model C (camera) went bad together."));
        Assert.True(IsFalse(IncidentKind.ModelShifted, "", lasts.AddDays(30), "3 devices of model P (printer) went bad together."));
    }

    [Fact]
    public void Printer_WithTheBadLot_IsRightlyFailing()
    {
        var lasts = new DateTimeOffset(2019, 3, 6, 9, 0, 0, TimeSpan.FromHours(8));
        var desk = _calm.StationIds.First(id => _calm.Ribbons.IsIn(id, lasts));
        var printer = _calm.Lives.Find(desk, DeviceKind.Printer)!;

        Assert.False(IsFalse(IncidentKind.DeviceFailing, "", lasts, station: desk, device: $"printer/{printer.Serial}", plan: _calm));
        Assert.True(IsFalse(IncidentKind.DeviceFailing, "", lasts.AddDays(-20), station: desk, device: $"printer/{printer.Serial}", plan: _calm));
    }

    [Fact]
    public void Device_ThatWasRenewed_IsSickNoMore()
    {
        var worn = _calm.Lives.All.First(life => life.Fate.IsForeseeable && life.Fate.WearFrom > _calm.Start.AddDays(20));
        var renewedAt = worn.Fate.WearFrom!.Value.AddHours(1);
        _calm.Lives.Renew(worn.StationId, worn.Kind, renewedAt);
        var device = $"{worn.Kind.ToString().ToLowerInvariant()}/{worn.Serial}";

        Assert.False(IsFalse(IncidentKind.DeviceFailing, "", renewedAt, station: worn.StationId, device: device, plan: _calm));
        Assert.True(IsFalse(IncidentKind.DeviceFailing, "", renewedAt.AddHours(1), station: worn.StationId, device: device, plan: _calm));
    }

    [Fact]
    public void Station_WhoseLastBeatWasLost_WasSilent()
    {
        var (id, lost) = _plan.StationIds.SelectMany(id => _plan.Beats.Skip(60).Where(beat => _plan.IsUplinkOut(id, beat) && !_plan.IsUplinkOut(id, beat.AddHours(1)) && !_plan.IsUplinkOut(id, beat.AddHours(2))
            && !_plan.IsSilent(id, beat.AddHours(2)) && _plan.Calendar.BeatOfDay(beat) < 5).Select(beat => (id, beat))).First();

        Assert.False(IsFalse(IncidentKind.StationSilent, "", lost.AddHours(1), station: id));
        Assert.True(IsFalse(IncidentKind.StationSilent, "", lost.AddHours(2), station: id));
    }

    private bool IsFalse(IncidentKind kind, string region, DateTimeOffset opened, string summary = "", string station = "", string device = "", FleetPlan? plan = null) => IncidentJudge.IsFalse(
        new Incident { Kind = kind, RegionCode = region, StationId = station, Device = device, Summary = summary, OpenedAt = opened.ToTimestamp() }, plan ?? _plan);
}
