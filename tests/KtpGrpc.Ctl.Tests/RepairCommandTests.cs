using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Ctl.Tests;

public sealed class RepairCommandTests
{
    [Fact]
    public async Task Repair_FromTheCallToItsProof_IsDoneByCommands()
    {
        await using var office = await OpenAsync();
        var desk = await DeskAsync(office);

        var opened = (await office.RunAsync("dispatcher-1", "repair", "open", "--station", desk.Id, "--kind", "iris", "--serial", "IR-1", "--reason", "Buram")).Done();
        var id = opened["repair id"];
        (await office.RunAsync("dispatcher-1", "repair", "open", "--station", desk.Id, "--kind", "iris", "--serial", "IR-1", "--reason", "Buram")).Ended(Exit.Failed, $"Repair {id}");
        (await office.RunAsync("dispatcher-1", "repair", "assign", id, "technician-1")).Done();
        (await office.RunAsync("dispatcher-1", "repair", "part", "order", id, "sensor", "--expected", "2018-12-31")).Done();
        (await office.RunAsync("technician-1", "repair", "depart", id)).Ended(Exit.Failed, "waiting for a part");
        (await office.RunAsync("dispatcher-1", "repair", "part", "receive", id)).Done();
        (await office.RunAsync("technician-1", "repair", "depart", id)).Done();
        (await office.RunAsync("technician-1", "repair", "arrive", id)).Done();
        (await office.RunAsync("technician-1", "repair", "complete", id, "--done", "wiped")).Ended(Exit.WrongUse, "wiped");
        var done = (await office.RunAsync("technician-1", "repair", "complete", id, "--done", "part-exchanged")).Done();
        await desk.WorkAsync(Office.Opening.AddMinutes(10), 0);
        await desk.WorkAsync(Office.Opening.AddMinutes(20), 10);
        await office.AdvanceAsync(Office.Opening.AddMinutes(30));
        var shown = (await office.RunAsync("technician-1", "repair", "show", id)).Done();

        Assert.Equal(("open", "iris/IR-1"), (opened["state"], opened["device"]));
        Assert.Equal(("verifying", "part-exchanged"), (done["state"], done["done"]));
        Assert.Equal("verified", shown["state"]);
        Assert.Empty((await office.RunAsync("dispatcher-1", "repair", "list", "53.71", "--open")).Done().Out);
        Assert.Contains(id, (await office.RunAsync("dispatcher-1", "repair", "list", "53.71")).Done().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_ThatIsGivenAway_SaysWhy()
    {
        await using var office = await OpenAsync();
        var desk = await DeskAsync(office);
        var id = (await office.RunAsync("dispatcher-1", "repair", "open", "--station", desk.Id, "--kind", "station", "--reason", "Diam")).Done()["repair id"];

        (await office.RunAsync("dispatcher-1", "repair", "escalate", id, "--reason", "Tidak ada teknisi")).Done();
        var escalated = (await office.RunAsync("dispatcher-1", "repair", "show", id, "--json")).Done();
        var cancelled = (await office.RunAsync("dispatcher-1", "repair", "cancel", id, "--reason", "Sudah hidup")).Done();

        using var json = JsonDocument.Parse(escalated.Out);
        Assert.Equal(("REPAIR_STATE_ESCALATED", "Tidak ada teknisi"), (json.RootElement.GetProperty("repair").GetProperty("state").GetString(), json.RootElement.GetProperty("repair").GetProperty("note").GetString()));
        Assert.Equal(("cancelled", "Sudah hidup"), (cancelled["state"], cancelled["note"]));
        (await office.RunAsync("dispatcher-1", "repair", "open", "--reason", "x")).Ended(Exit.WrongUse, "Give --incident, or --station");
        (await office.RunAsync("technician-1", "repair", "cancel", id, "--reason", "x")).Ended(Exit.Failed, "An admin gives roles and regions");
    }

    [Fact]
    public async Task Plan_OfARegion_IsShownWithItsReasons()
    {
        await using var office = await OpenAsync();
        var desk = await DeskAsync(office);
        await desk.ShowAsync(Office.Opening.AddMinutes(1), "burnt");
        await office.AdvanceAsync(Office.Opening.AddMinutes(2));

        var lacking = (await office.RunAsync("dispatcher-1", "repair", "suggest", "53.71")).Done();
        (await office.RunAsync("dispatcher-1", "repair", "parts", "set", "53.71", "device", "2", "--kind", "iris")).Done();
        var parts = (await office.RunAsync("dispatcher-1", "repair", "parts", "list", "53.71")).Done();
        var plan = (await office.RunAsync("dispatcher-1", "repair", "suggest", "53.71", "--technician", "technician-1@53.71.04=6.5", "--days", "60")).Done();
        var json = (await office.RunAsync("dispatcher-1", "repair", "suggest", "53.71", "--technician", "technician-1@53.71.04", "--json")).Done();

        Assert.Contains("Not today: the part comes on 2019-01-04.", lacking.Out, StringComparison.Ordinal);
        Assert.Contains("53.71\tiris\tdevice\t2", parts.Out, StringComparison.Ordinal);
        Assert.Contains("The part is on the shelf.", plan.Out, StringComparison.Ordinal);
        Assert.Contains("in 60 days; 0.25 h of travel and 1.5 h of work", plan.Out, StringComparison.Ordinal);
        using var steps = JsonDocument.Parse(json.Out);
        Assert.Equal("technician-1", steps.RootElement[0].GetProperty("technician").GetString());
        (await office.RunAsync("dispatcher-1", "repair", "suggest", "53.71", "--technician", "technician-1")).Ended(Exit.WrongUse, "NAME@PLACE");
    }

    private static async Task<Office> OpenAsync()
    {
        var office = await Office.OpenAsync();
        office.Add("dispatcher-1", Role.Dispatcher);
        office.Add("technician-1", Role.Operator);
        return office;
    }

    private static async Task<Desk> DeskAsync(Office office)
    {
        var desk = new Desk(office.Server.Services.GetRequiredService<HealthIntake>(), (await office.Server.JoinAsync("53.71.04")).Id);
        await desk.HelloAsync();
        await office.AdvanceAsync(Office.Opening.AddSeconds(1));
        return desk;
    }

    /// <summary>A desk with an iris scanner, as its session hands it in.</summary>
    private sealed class Desk(HealthIntake intake, string id)
    {
        private readonly Device _iris = new() { Kind = DeviceKind.Iris, Serial = "IR-1", Model = "IR-A" };

        public string Id => id;

        public async Task HelloAsync()
        {
            await intake.HelloAsync(StationId.Require(id), [_iris], [], Office.Opening, CancellationToken.None);
            await WorkAsync(Office.Opening, 0);
        }

        public Task WorkAsync(DateTimeOffset now, ulong captures) => TakeAsync(new Sample
        {
            Device = _iris,
            TakenAt = now.ToTimestamp(),
            Counters = { new Counter { Signal = Signal.CapturesOk, Total = captures } },
        }, now);

        public Task ShowAsync(DateTimeOffset now, string code) => TakeAsync(new Sample { Device = _iris, TakenAt = now.ToTimestamp(), Codes = { new DeviceCode { Code = code } } }, now);

        private Task TakeAsync(Sample sample, DateTimeOffset now) => intake.TakeAsync(StationId.Require(id), [sample], now, CancellationToken.None).AsTask();
    }
}
