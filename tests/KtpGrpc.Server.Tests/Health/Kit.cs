using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Stations;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace KtpGrpc.Server.Tests.Health;

/// <summary>A simulated kit that speaks to a server's intake as its session would.</summary>
internal sealed class Kit(RunningServer server, string stationId)
{
    private readonly Dictionary<Device, Dictionary<Signal, ulong>> _totals = [];

    /// <summary>The server it speaks to: another one after a restart.</summary>
    public RunningServer Server { get; set; } = server;

    public StationId Id { get; } = StationId.Require(stationId);

    public List<Device> Devices { get; } =
    [
        Device(DeviceKind.Fingerprint, "FP-" + stationId, "FP-A"),
        Device(DeviceKind.Iris, "IR-" + stationId, "IR-A"),
        Device(DeviceKind.Camera, "CA-" + stationId, "CA-A"),
        Device(DeviceKind.Printer, "PR-" + stationId, "PR-A"),
        Device(DeviceKind.Host, "PC-" + stationId, "PC-A"),
    ];

    private HealthIntake Intake => Server.Services.GetRequiredService<HealthIntake>();

    public static Device Device(DeviceKind kind, string serial, string model) => new() { Kind = kind, Serial = serial, Model = model };

    public static Sample Sample(Device device, DateTimeOffset at, params string[] codes) =>
        new() { Device = device, TakenAt = at.ToTimestamp(), Codes = { codes.Select(code => new DeviceCode { Code = code }) } };

    public Task HelloAsync(DateTimeOffset now, params Device[] renewed) => Intake.HelloAsync(Id, Devices, renewed, now, CancellationToken.None);

    public Task TakeAsync(DateTimeOffset now, params Sample[] samples) => Intake.TakeAsync(Id, samples, now, CancellationToken.None).AsTask();

    /// <summary>All devices report that they are well, having captured or printed some more.</summary>
    public Task BeatAsync(DateTimeOffset now, int captures = 2) => TakeAsync(now, [.. Devices.Select(device => Work(device, now, 0, captures))]);

    /// <summary>Its counters stand at 0 again, as after a driver's restart.</summary>
    public void BeginAgain() => _totals.Clear();

    /// <summary>A sample after some more attempts.</summary>
    public Sample Work(Device device, DateTimeOffset now, int failed, int ok, params string[] codes)
    {
        var (badly, well) = device.Kind == DeviceKind.Printer ? (Signal.PrintsFailed, Signal.PrintsOk) : (Signal.CapturesFailed, Signal.CapturesOk);
        var totals = _totals.TryGetValue(device, out var known) ? known : _totals[device] = new() { [badly] = 0, [well] = 0 };
        totals[badly] += (ulong)failed;
        totals[well] += (ulong)ok;
        var sample = Sample(device, now, codes);
        sample.Counters.AddRange(totals.Select(total => new Counter { Signal = total.Key, Total = total.Value }));
        return sample;
    }
}
