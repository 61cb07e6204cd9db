using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Journal.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

public sealed class HealthIntakeTests
{
    private static readonly DateTimeOffset _monday = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Device_WithACodeThatMeansFailed_IsFailedAtOnceAndHealthyWhenItIsGone(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine, scenario: _monday);
        var kit = await JoinAsync(server);
        await kit.BeatAsync(_monday);

        await kit.TakeAsync(_monday.AddMinutes(1), Kit.Sample(kit.Devices[1], _monday, "sensor-dead", "never-heard-of"));

        var failed = await ConditionAsync(server, kit, kit.Devices[1]);
        Assert.Equal(ConditionState.Failed, failed.State);
        Assert.Equal("Exchange the device.", failed.Advice);
        Assert.Contains("sensor-dead", Assert.Single(failed.Evidence).Summary, StringComparison.Ordinal);
        for (var minute = 2; minute < 5; minute++)
        {
            Assert.Equal(ConditionState.Failed, (await ConditionAsync(server, kit, kit.Devices[1])).State);
            await kit.BeatAsync(_monday.AddMinutes(minute));
        }

        Assert.Equal(ConditionState.Healthy, (await ConditionAsync(server, kit, kit.Devices[1])).State);
        await VerifyAsync(server);
    }

    [Fact]
    public async Task Kit_ThatSaysHello_IsUnknownUntilItsDevicesReport()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        var kit = await JoinAsync(server);

        Assert.Equal(ConditionState.Unknown, (await ConditionAsync(server, kit, kit.Devices[0])).State);
        await kit.BeatAsync(_monday);
        Assert.Equal(ConditionState.Healthy, (await ConditionAsync(server, kit, kit.Devices[0])).State);
    }

    [Fact]
    public async Task Device_ThatWasRenewed_IsUnknownAndItsPastForgotten()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        var kit = await JoinAsync(server);
        await kit.BeatAsync(_monday);
        await kit.TakeAsync(_monday, kit.Work(kit.Devices[0], _monday, failed: 30, ok: 0));
        Assert.Equal(ConditionState.Failed, (await ConditionAsync(server, kit, kit.Devices[0])).State);

        await kit.HelloAsync(_monday.AddHours(1), kit.Devices[0]);

        Assert.Equal(ConditionState.Unknown, (await ConditionAsync(server, kit, kit.Devices[0])).State);
        await kit.BeatAsync(_monday.AddHours(1));
        await kit.BeatAsync(_monday.AddHours(1));
        Assert.Equal(ConditionState.Healthy, (await ConditionAsync(server, kit, kit.Devices[0])).State);
        Assert.Equal(ConditionState.Healthy, (await ConditionAsync(server, kit, kit.Devices[1])).State);
        await VerifyAsync(server);
    }

    [Fact]
    public async Task Device_ThatTheKitNoLongerHas_IsForgotten()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        var kit = await JoinAsync(server);
        await kit.TakeAsync(_monday, Kit.Sample(kit.Devices[1], _monday, "sensor-dead"));
        var gone = kit.Devices[1];
        kit.Devices[1] = Kit.Device(DeviceKind.Iris, "IR-NEW", "IR-B");

        await kit.HelloAsync(_monday);

        var rows = await RowsAsync(server);
        Assert.DoesNotContain(rows, row => row.Device.Serial == gone.Serial);
        Assert.Contains(rows, row => row.Device.Serial == "IR-NEW" && row.Condition.State == ConditionState.Unknown);
        await VerifyAsync(server);
    }

    [Fact]
    public async Task Hello_Repeated_WritesNothing()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        var kit = await JoinAsync(server);
        var before = await EntriesAsync(server);

        await kit.HelloAsync(_monday.AddMinutes(1));
        await kit.BeatAsync(_monday.AddMinutes(1));
        var after = await EntriesAsync(server);
        await kit.BeatAsync(_monday.AddMinutes(2));

        Assert.Equal(before + kit.Devices.Count, after);
        Assert.Equal(after, await EntriesAsync(server));
    }

    [Fact]
    public async Task Server_ThatStartsAgain_KnowsWhatItKnew()
    {
        using var folder = new TempFolder();
        var options = new KtpServerOptions { Data = folder["data"], ControlPort = 0, UploadPort = 0, HttpPort = 0, ScenarioStart = _monday };
        var first = await RunningServer.StartAsync(like: options);
        var kit = await JoinAsync(first);
        await kit.BeatAsync(_monday);
        await kit.TakeAsync(_monday, kit.Work(kit.Devices[0], _monday, failed: 8, ok: 2));
        Assert.Equal(ConditionState.Failing, (await ConditionAsync(first, kit, kit.Devices[0])).State);
        var before = await EntriesAsync(first);
        await first.DisposeAsync();

        await using var second = await RunningServer.StartAsync(like: options);
        var again = new Kit(second, kit.Id.Value);
        await again.HelloAsync(_monday);

        Assert.Equal(before, await EntriesAsync(second));
        Assert.Equal(ConditionState.Failing, (await ConditionAsync(second, again, again.Devices[0])).State);
        await again.TakeAsync(_monday, again.Work(again.Devices[0], _monday, failed: 0, ok: 1));
        Assert.Equal(ConditionState.Failing, (await ConditionAsync(second, again, again.Devices[0])).State);
    }

    public static TheoryData<string, Action<Sample>> BadSamples => new()
    {
        { "from the future", sample => sample.TakenAt.Seconds += 400 },
        { "taken_at is missing", sample => sample.TakenAt = null },
        { "device is missing", sample => sample.Device = null },
        { "did not name", sample => sample.Device.Serial = "FP-OTHER" },
        { "another model", sample => sample.Device.Model = "FP-Z" },
        { "not the kind", sample => sample.Device.Kind = DeviceKind.Station },
        { "not the kind", sample => sample.Device.Kind = (DeviceKind)99 },
        { "at most 32 counters", sample => sample.Counters.AddRange(Enumerable.Range(50, 33).Select(signal => new Counter { Signal = (Signal)signal })) },
        { "at most 32 counters", sample => sample.Codes.AddRange(Enumerable.Repeat(new DeviceCode { Code = "x" }, 17)) },
        { "told twice", sample => sample.Counters.Add([new Counter { Signal = Signal.CapturesOk, Total = 1 }, new Counter { Signal = Signal.CapturesOk, Total = 2 }]) },
        { "not a counter", sample => sample.Counters.Add(new Counter { Signal = Signal.Quality }) },
        { "not a gauge", sample => sample.Gauges.Add(new Gauge { Signal = Signal.CapturesOk }) },
        { "must be 0 to 100", sample => sample.Gauges.Add(new Gauge { Signal = Signal.Quality, Value = double.NaN }) },
        { "must be 0 to 1;", sample => sample.Gauges.Add(new Gauge { Signal = Signal.BatteryRatio, Value = 1.5 }) },
        { "must be 0 to", sample => sample.Gauges.Add(new Gauge { Signal = Signal.CaptureSeconds, Value = -1 }) },
        { "must be 0 to", sample => sample.Gauges.Add(new Gauge { Signal = Signal.RoundTripSeconds, Value = double.PositiveInfinity }) },
        { "A code has", sample => sample.Codes.Add(new DeviceCode { Code = "Sensor Dead" }) },
        { "A code has", sample => sample.Codes.Add(new DeviceCode { Code = "" }) },
    };

    [Fact]
    public async Task Sample_ThatDoesNotHold_IsRefusedAndTheBatchChangesNothing()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        var kit = await JoinAsync(server);
        await kit.BeatAsync(_monday);
        var before = (await EntriesAsync(server), await RowsAsync(server));

        foreach (var row in BadSamples)
        {
            var (expected, spoil) = ((string)row[0], (Action<Sample>)row[1]);
            var bad = Kit.Sample(kit.Devices[0].Clone(), _monday);
            spoil(bad);
            var refused = await Assert.ThrowsAsync<RpcException>(() => kit.TakeAsync(_monday, Kit.Sample(kit.Devices[1], _monday, "sensor-dead"), bad));
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
            Assert.Contains(expected, refused.Status.Detail, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<RpcException>(() => kit.TakeAsync(_monday, [.. Enumerable.Repeat(Kit.Sample(kit.Devices[0], _monday), 65)]));
        Assert.Equal(before.Item1, await EntriesAsync(server));
        Assert.Equal(before.Item2.Select(row => (row.Key, row.Condition.State)), (await RowsAsync(server)).Select(row => (row.Key, row.Condition.State)));
    }

    [Fact]
    public async Task Hello_ThatDoesNotHold_IsRefusedAndChangesNothing()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        var kit = await JoinAsync(server);
        var before = await EntriesAsync(server);
        var stranger = Kit.Device(DeviceKind.Iris, "IR-9", "IR-A");
        Device[][] wrong =
        [
            [.. kit.Devices, kit.Devices[0]],
            [Kit.Device(DeviceKind.Station, "X", "Y")],
            [Kit.Device(DeviceKind.Iris, "", "Y")],
            [Kit.Device(DeviceKind.Iris, new string('x', 65), "Y")],
            [Kit.Device(DeviceKind.Iris, "X\n", "Y")],
            [.. Enumerable.Range(0, 33).Select(number => Kit.Device(DeviceKind.Iris, $"IR-{number}", "IR-A"))],
        ];
        var intake = server.Services.GetRequiredService<HealthIntake>();

        foreach (var devices in wrong)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => intake.HelloAsync(kit.Id, devices, [], _monday, CancellationToken.None));
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        }

        await Assert.ThrowsAsync<RpcException>(() => kit.HelloAsync(_monday, stranger));
        Assert.Equal(before, await EntriesAsync(server));
    }

    private static async Task<Kit> JoinAsync(RunningServer server)
    {
        await server.PutRegionsAsync("53.71.04");
        var kit = new Kit(server, (await server.JoinAsync("53.71.04")).Id);
        await kit.HelloAsync(_monday);
        return kit;
    }

    private static Task<List<ConditionRow>> RowsAsync(RunningServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(tx => HealthStore.ListAsync(tx, RegionCode.Country, "", 1000), CancellationToken.None);

    private static async Task<KtpGrpc.Server.Health.Condition> ConditionAsync(RunningServer server, Kit kit, Device device) =>
        (await RowsAsync(server)).Single(row => row.Station == kit.Id && row.Device == new DeviceKey(device.Kind, device.Serial)).Condition;

    /// <summary>Facts in the journal, with those that its followers make of them.</summary>
    private static async Task<long> EntriesAsync(RunningServer server)
    {
        await server.Services.GetRequiredService<Server.Journal.Followers>().DrainAsync(CancellationToken.None);
        return await server.Services.GetRequiredService<Database>().ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM journal"), CancellationToken.None);
    }

    private static async Task VerifyAsync(RunningServer server) =>
        Assert.Empty((await new JournalService.JournalServiceClient(server.Admin).VerifyJournalAsync(new VerifyJournalRequest())).Faults);
}
