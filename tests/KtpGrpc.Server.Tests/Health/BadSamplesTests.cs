using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

/// <summary>Samples as broken kits send them, into a real server: refused, or harmless.</summary>
public sealed class BadSamplesTests
{
    private const int Days = 20;

    private static readonly DateTimeOffset _monday = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task WellKits_WithAnyMishap_NeverRaiseAFalseAlarm(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine, scenario: _monday);
        await server.PutRegionsAsync(Districts());
        var seed = 0;
        foreach (var district in Districts())
        {
            await LiveAsync(new Kit(server, (await server.JoinAsync(district)).Id), new Random(++seed));
        }

        var states = await server.Services.GetRequiredService<Database>().ReadAsync(
            tx => tx.ListAsync("SELECT state, serial, evidence FROM condition_history", row => ((ConditionState)row.GetInt64(0), row.GetString(1), row.GetString(2))), CancellationToken.None);

        Assert.NotEmpty(states);
        Assert.All(states, state => Assert.True(state.Item1 <= ConditionState.Healthy, $"{state}"));
        Assert.Empty(await server.FaultsAsync());
    }

    [Fact]
    public async Task AnySample_IsRefusedOrTaken_AndNothingFails()
    {
        await using var server = await RunningServer.StartAsync(scenario: _monday);
        await server.PutRegionsAsync("53.71.01");
        var kit = new Kit(server, (await server.JoinAsync("53.71.01")).Id);
        await kit.HelloAsync(_monday);
        var values = ArbMap.Default.GeneratorFor<double>();
        var signal = Gen.Choose(-1, 60).Select(number => (Signal)number);
        var sample = from device in Gen.Elements(kit.Devices.ToArray())
                     from seconds in Gen.OneOf(Gen.Choose(-100_000, 300), Gen.Choose(int.MinValue, int.MaxValue))
                     from counters in signal.Zip(ArbMap.Default.GeneratorFor<ulong>()).ListOf(4)
                     from gauges in signal.Zip(Gen.OneOf(values, values.Select(value => Math.Abs(Math.IEEERemainder(value, 1))))).ListOf(4)
                     select new Sample
                     {
                         Device = device,
                         TakenAt = new Timestamp { Seconds = _monday.ToUnixTimeSeconds() + seconds },
                         Counters = { counters.Select(counter => new Counter { Signal = counter.Item1, Total = counter.Item2 }) },
                         Gauges = { gauges.Select(gauge => new Gauge { Signal = gauge.Item1, Value = gauge.Item2 }) },
                     };
        var (taken, refused) = (0, 0);
        Property.Holds(sample, one =>
        {
            try
            {
                kit.TakeAsync(_monday, one).GetAwaiter().GetResult();
                taken++;
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.InvalidArgument)
            {
                refused++;
            }
        }, runs: 2000);

        Assert.True(taken > 50 && refused > 50, $"{taken} taken, {refused} refused");
        var explained = await new Ktp.Health.V1.HealthService.HealthServiceClient(server.Admin).ExplainConditionAsync(
            new ExplainConditionRequest { StationId = kit.Id.Value, Device = kit.Devices[0] });
        Assert.All(explained.Statements, statement => Assert.True(double.IsFinite(statement.Evidence.Value) && double.IsFinite(statement.Evidence.Baseline)));
        Assert.Empty(await server.FaultsAsync());
    }

    /// <summary>Weeks of well work, in which counters begin again, clocks jump, and devices are exchanged for another model.</summary>
    private static async Task LiveAsync(Kit kit, Random random)
    {
        await kit.HelloAsync(_monday);
        for (var day = 0; day < Days; day++)
        {
            var now = _monday.AddDays(day);
            switch (random.Next(8))
            {
                case 0:
                    kit.BeginAgain();
                    break;
                case 1:
                    now = now.AddDays(-0.5);
                    await kit.HelloAsync(now);
                    break;
                case 2:
                    kit.Devices[0] = Kit.Device(DeviceKind.Fingerprint, kit.Devices[0].Serial, $"FP-{random.Next(3)}");
                    await kit.HelloAsync(now);
                    break;
                default:
                    break;
            }

            for (var beat = 0; beat < 4; beat++)
            {
                var at = now.AddHours(beat);
                await kit.TakeAsync(at, [.. kit.Devices.Select(device => WithGauges(Work(kit, device, at, random), random))]);
            }
        }
    }

    /// <summary>Two in a hundred fail.</summary>
    private static Sample Work(Kit kit, Device device, DateTimeOffset at, Random random)
    {
        var attempts = random.Next(0, 25);
        var failed = Enumerable.Range(0, attempts).Count(_ => random.NextDouble() < 0.02);
        return kit.Work(device, at, failed, attempts - failed);
    }

    private static Sample WithGauges(Sample sample, Random random)
    {
        sample.Gauges.Add(new Gauge { Signal = Signal.TemperatureCelsius, Value = random.Next(30) == 0 ? 900 : 40 + random.NextDouble() });
        sample.Gauges.Add(new Gauge { Signal = Signal.DiskFreeRatio, Value = 0.6 + 0.05 * random.NextDouble() });
        return sample;
    }

    private static string[] Districts() => [.. Enumerable.Range(1, 8).Select(number => $"53.71.0{number}")];
}
