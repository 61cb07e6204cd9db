using Grpc.Core.Interceptors;
using Ktp.Health.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KtpGrpc.Functional;

public sealed class AgentHostTests : IAsyncLifetime
{
    private StationBench _bench = null!;

    public async Task InitializeAsync() => _bench = await StationBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Samples_GoOnWhileAnUploadAndACardHang()
    {
        var watched = new WatchedDevice();
        var wire = new BrokenWire(hangs: true);
        var never = new TaskCompletionSource<PrintOutcome>();
        var printer = new PaperPrinter(_ => never.Task);
        await using var agent = await _bench.OpenAsync(
            new Kit([new OnePersonScanner()], printer, [watched]), options => options with { UploadWire = calls => calls.Intercept(wire) });
        await _bench.FeedAsync(agent, 1);
        await StationBench.RecordAsync(agent);
        using var host = HostOf(agent);

        await host.StartAsync();
        await Eventually.HoldsAsync(() => printer.Fed.Count == 1 && wire.Calls > 0);
        var before = watched.Reads;
        await Eventually.HoldsAsync(() => watched.Reads > before + 3);
        never.SetResult(new PrintOutcome.Printed(""));
        await host.StopAsync();

        Assert.Equal((1, 1), (printer.Fed.Count, wire.Calls));
        Assert.Null(host.Services.GetRequiredService<AgentHost>().Fault);
    }

    [Fact]
    public async Task Fault_OfTheProgram_StopsTheHostAndIsRemembered()
    {
        await using var agent = await _bench.OpenAsync(new Kit([], null, [new WatchedDevice(new ArgumentException("a driver's bug"))]));
        using var host = HostOf(agent);

        await host.StartAsync();
        await host.WaitForShutdownAsync().WaitAsync(Eventually.Patience);

        Assert.IsType<ArgumentException>(host.Services.GetRequiredService<AgentHost>().Fault);
    }

    [Fact]
    public async Task Fault_OfAFile_IsWaitedOut()
    {
        var broken = new WatchedDevice(new IOException("the disk"));
        await using var agent = await _bench.OpenAsync(new Kit([], null, [broken]));

        var away = Assert.IsType<StepOutcome.Away>(await agent.TalkAsync(CancellationToken.None));
        broken.Fault = null;
        agent.ForgetWaits();

        Assert.Contains("the disk", away.Reason);
        Assert.IsType<StepOutcome.Done>(await agent.TalkAsync(CancellationToken.None));
    }

    private static IHost HostOf(StationAgent agent)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new HurriedTime()).AddSingleton(agent).AddSingleton<AgentHost>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AgentHost>());
        return builder.Build();
    }

    private sealed class WatchedDevice(Exception? fault = null) : IDevice
    {
        private int _reads;

        public Exception? Fault { get; set; } = fault;

        public int Reads => Volatile.Read(ref _reads);

        public Device Identity { get; } = new() { Kind = DeviceKind.Ups, Serial = "UPS-1", Model = "watched" };

        public Sample Read(DateTimeOffset now)
        {
            Interlocked.Increment(ref _reads);
            return Fault is null ? new Sample { Device = Identity, TakenAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(now) } : throw Fault;
        }
    }

    /// <summary>The system's time with waits twenty times as short.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 20 : dueTime, period);
    }
}
