using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Incidents;
using KtpGrpc.Server.Tests.Metrics;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Condition = KtpGrpc.Server.Health.Condition;

namespace KtpGrpc.Server.Tests.Health;

public sealed class StationsPageTests
{
    private static readonly DateTimeOffset _now = City.Start;

    [Fact]
    public async Task Page_OfACity_TellsWhatEachDeviceToldLastAndWhatIsBelievedOfIt()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 2);
        var kit = city.Kits[0];
        await kit.HelloAsync(_now);
        await city.Kits[1].HelloAsync(_now);
        await kit.TakeAsync(_now, With(kit.Work(kit.Devices[0], _now, 0, 7), (Signal.Quality, 61.5)), Kit.Sample(kit.Devices[1], _now, "sensor-dead"));
        await kit.TakeAsync(_now.AddSeconds(1), With(kit.Work(kit.Devices[0], _now.AddSeconds(1), 1, 3), (Signal.Quality, 80)), Uplink(kit.Devices[4], 4));
        await city.AdvanceAsync(_now.AddMinutes(10));

        var page = await ReadAsync(city.Server, "53.71");

        var station = "region=\"53.71.01\",station=\"53.71.01-1\"} ";
        Assert.Contains($"ktp_health_station_condition{{{station}2\n", page);
        Assert.Contains($"ktp_health_station_silence_seconds{{{station}599\n", page);
        Assert.Contains($"ktp_health_station_uplink_lost_total{{{station}4\n", page);
        Assert.Contains($"ktp_health_device_captures_ok_total{{device=\"fingerprint\",model=\"FP-A\",region=\"53.71.01\",serial=\"FP-53.71.01-1\",station=\"53.71.01-1\"}} 10\n", page);
        Assert.Contains($"ktp_health_device_captures_failed_total{{device=\"fingerprint\",model=\"FP-A\",region=\"53.71.01\",serial=\"FP-53.71.01-1\",station=\"53.71.01-1\"}} 1\n", page);
        Assert.Contains($"ktp_health_device_quality{{device=\"fingerprint\",model=\"FP-A\",region=\"53.71.01\",serial=\"FP-53.71.01-1\",station=\"53.71.01-1\"}} 80\n", page);
        Assert.Contains($"ktp_health_device_condition{{device=\"iris\",model=\"IR-A\",region=\"53.71.01\",serial=\"IR-53.71.01-1\",station=\"53.71.01-1\"}} 5\n", page);
        Assert.Contains($"ktp_health_device_condition{{device=\"camera\",model=\"CA-A\",region=\"53.71.01\",serial=\"CA-53.71.01-1\",station=\"53.71.01-1\"}} 1\n", page);
        Assert.Equal(2, Samples(page, "ktp_health_station_condition").Count);
        Assert.Equal(10, Samples(page, "ktp_health_device_surprise").Count);
        Assert.Empty(Samples(page, "ktp_health_device_prints_ok_total"));
        await Promtool.PassesAsync(page);
        await city.VerifyAsync();
    }

    [Fact]
    public async Task Page_OfARegion_HasWhatLiesBelowItAndTheFamiliesAnyway()
    {
        await using var city = await City.StartAsync(Engine.Sqlite, kits: 3);
        foreach (var kit in city.Kits)
        {
            await kit.HelloAsync(_now);
        }

        Assert.Equal(3, Samples(await ReadAsync(city.Server, ""), "ktp_health_station_condition").Count);
        Assert.Equal(3, Samples(await ReadAsync(city.Server, "53"), "ktp_health_station_condition").Count);
        Assert.Contains("\"53.71.02\"", Assert.Single(Samples(await ReadAsync(city.Server, "53.71.02"), "ktp_health_station_condition")));
        foreach (var unknown in new[] { "54", "53.72", "53.71.09", "53.71.02.1001" })
        {
            var page = await ReadAsync(city.Server, unknown);
            Assert.Empty(Samples(page, "ktp_"));
            Assert.Contains("# TYPE ktp_health_device_surprise gauge\n", page);
            await Promtool.PassesAsync(page);
        }
    }

    [Theory]
    [InlineData("", "Name a region")]
    [InlineData("?region=53.7", "expected PP")]
    [InlineData("?region=Kupang", "expected PP")]
    [InlineData("?region=53&region=54", "expected PP")]
    public async Task Page_WithoutTheCodeOfARegion_IsRefusedWithASentence(string query, string sentence)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = new HttpClient();

        using var response = await client.GetAsync(new Uri(server.HttpAddress, "/metrics/stations" + query));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(sentence, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Page_OnceWarm_AllocatesNothingForASeries()
    {
        const long constant = 4096;
        await using var database = new SqliteDatabase(":memory:", TimeProvider.System);
        var page = new StationsPage(Fleet(database, stations: 2000));
        var output = PipeWriter.Create(Stream.Null);
        await page.WriteToAsync(output, RegionCode.Country, _now, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var writing = page.WriteToAsync(output, RegionCode.Country, _now, CancellationToken.None);

        Assert.True(writing.IsCompletedSuccessfully);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, constant);
        await writing;
    }

    [Fact]
    public async Task Samples_WhileAScraperReadsNothing_AreTakenFromEveryStation()
    {
        await using var database = new SqliteDatabase(":memory:", TimeProvider.System);
        var memory = Fleet(database, stations: 2000);
        var pipe = new Pipe();

        var writing = new StationsPage(memory).WriteToAsync(pipe.Writer, RegionCode.Country, _now, CancellationToken.None);

        Assert.False(writing.IsCompleted);
        Assert.All(memory.Stations, station =>
        {
            Assert.True(station.Lock.TryEnter());
            station.Lock.Exit();
        });
        await pipe.Reader.CompleteAsync();
        await writing;
    }

    [Fact]
    public void Signal_OfADevice_IsKeptInSixteenBytesAndUnknownOnesNotAtAll()
    {
        var last = new LastSignals();
        var sample = Kit.Sample(Kit.Device(DeviceKind.Printer, "P", "M"), _now);
        sample.Gauges.Add(new Gauge { Signal = (Signal)99, Value = 1 });
        sample.Counters.Add(new Counter { Signal = Signal.PrintsOk, Total = 5 });

        last.Take(sample);

        Assert.Equal(16, Unsafe.SizeOf<LastSignals.Told>());
        Assert.Equal(5, last.Of(Signal.PrintsOk));
        Assert.Null(last.Of((Signal)99));
        Assert.Null(last.Of(Signal.Quality));
    }

    /// <summary>Stations of ten offices that have told a counter and a gauge for each of five devices.</summary>
    private static HealthMemory Fleet(SqliteDatabase database, int stations)
    {
        var baselines = new Baselines();
        var memory = new HealthMemory(database, baselines, null!, NullLogger<HealthMemory>.Instance);
        for (var i = 0; i < stations; i++)
        {
            var station = memory.FindOrAdd(StationId.Of(RegionCode.Trusted($"53.{i % 10:00}.01"), i + 1));
            station.Presence.Heard(_now);
            station.Condition = Condition.Unknown(_now);
            station.Devices = [.. Enumerable.Range(2, 5).Select(kind =>
            {
                var told = new DeviceHealth(new DeviceKey((DeviceKind)kind, "S-" + i), "M", Condition.Unknown(_now), baselines);
                told.Take(With(Uplink(Kit.Device(told.Key.Kind, told.Key.Serial, "M"), 3), (Signal.TemperatureCelsius, 36.25)), _now, station.DayAt(_now));
                return told;
            })];
        }

        return memory;
    }

    private static Sample With(Sample sample, (Signal Signal, double Value) gauge)
    {
        sample.Gauges.Add(new Gauge { Signal = gauge.Signal, Value = gauge.Value });
        return sample;
    }

    private static Sample Uplink(Device device, ulong lost)
    {
        var sample = Kit.Sample(device, _now);
        sample.Counters.Add(new Counter { Signal = Signal.UplinkLost, Total = lost });
        return sample;
    }

    private static List<string> Samples(string page, string family) =>
        [.. page.Split('\n').Where(line => line.StartsWith(family, StringComparison.Ordinal))];

    private static async Task<string> ReadAsync(RunningServer server, string region)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(server.HttpAddress, "/metrics/stations?region=" + region));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync();
    }
}
