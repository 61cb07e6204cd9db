using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed class HealthCommandTests
{
    private static readonly Device _printer = new() { Kind = DeviceKind.Printer, Serial = "PR/1", Model = "HDP5000" };

    [Fact]
    public async Task Device_ThatFails_IsListedAndExplained()
    {
        await using var office = await Office.OpenAsync();
        office.Add("viewer", Role.Viewer);
        var station = await ReportAsync(office, "motor-failure");

        var list = (await office.RunAsync("viewer", "health", "list", "53.71")).Done();
        var explained = (await office.RunAsync("viewer", "health", "explain", station, "printer/PR/1")).Done();
        var itself = (await office.RunAsync("viewer", "health", "explain", station, $"station/{station}")).Done();
        using var json = JsonDocument.Parse((await office.RunAsync("viewer", "health", "explain", station, "printer/PR/1", "--json")).Done().Out);

        Assert.Contains(station, list.Out, StringComparison.Ordinal);
        Assert.Contains("failed", list.Out, StringComparison.Ordinal);
        Assert.Equal(("failed", "sure"), (explained["state"], explained["certainty"]));
        Assert.Equal("Exchange the motor or the printer.", explained["advice"]);
        Assert.Contains("failed\tknown-code: It shows the code motor-failure.", explained.Out, StringComparison.Ordinal);
        Assert.Contains("healthy\twear: ribbon 40", explained.Out, StringComparison.Ordinal);
        Assert.Contains("not known\tWhen it was cleaned last", explained.Out, StringComparison.Ordinal);
        Assert.Equal("nothing is advised", itself["certainty"]);
        Assert.Equal("CERTAINTY_SURE", json.RootElement.GetProperty("certainty").GetString());
    }

    [Fact]
    public async Task Device_ThatIsNone_IsRefusedWithWhatWouldBeOne()
    {
        await using var office = await Office.OpenAsync();
        office.Add("viewer", Role.Viewer);
        var station = await ReportAsync(office);

        (await office.RunAsync("viewer", "health", "explain", station, "toaster/T-1")).Ended(Exit.WrongUse, "KIND/SERIAL");
        (await office.RunAsync("viewer", "health", "explain", station, "printer")).Ended(Exit.WrongUse, "'printer' is no device");
        (await office.RunAsync("viewer", "health", "explain", station, "printer/PR-2")).Ended(Exit.Failed, "its last hello did not name it");
        (await office.RunAsync("viewer", "health", "list", "53.72")).Ended(Exit.Failed, "no right in region '53.72'");
    }

    private static async Task<string> ReportAsync(Office office, params string[] codes)
    {
        var id = (await office.Server.JoinAsync("53.71.04")).Id;
        var intake = office.Server.Services.GetRequiredService<HealthIntake>();
        await intake.HelloAsync(StationId.Require(id), [_printer], [], Office.Opening, CancellationToken.None);
        var sample = new Sample { Device = _printer, TakenAt = Office.Opening.ToTimestamp(), Codes = { codes.Select(code => new DeviceCode { Code = code }) } };
        sample.Gauges.Add(new Gauge { Signal = Signal.RibbonLeftRatio, Value = 0.4 });
        await intake.TakeAsync(StationId.Require(id), [sample], Office.Opening, CancellationToken.None);
        return id;
    }
}
