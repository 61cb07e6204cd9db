using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using Ktp.Scenario.V1;
using Ktp.Session.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Session;

public sealed class WaitingPacketsTests
{
    private static readonly DateTimeOffset _opening = new(2017, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Device _host = new() { Kind = DeviceKind.Host, Serial = "PC-1", Model = "PC" };

    [Fact]
    public async Task WaitingPackets_ThatStationsTell_AreOnBothPagesUntilTheyTellOthers()
    {
        await using var server = await RunningServer.StartAsync(scenario: _opening);
        await server.PutRegionsAsync("53.71.04", "53.71.05");
        var (one, other) = (await server.JoinAsync("53.71.04"), await server.JoinAsync("53.71.05"));
        using var first = await Talk.WelcomedAsync(one, Hello());
        using var second = await Talk.WelcomedAsync(other, Hello());

        Assert.DoesNotContain("_waiting_packets{", await ReadAsync(server, "metrics/stations?region=53"));
        Assert.DoesNotContain("_waiting_packets{", await ReadAsync(server, "metrics"));
        await TellAsync(first, 2, new WaitingPackets { Packets = 3, Bytes = 6_000_000, OldestAge = TimeSpan.FromDays(2).ToDuration() });
        await TellAsync(second, 2, new WaitingPackets { Packets = 1, Bytes = 500, OldestAge = TimeSpan.FromHours(1).ToDuration() });
        await new ClockService.ClockServiceClient(server.Admin).AdvanceToAsync(new AdvanceToRequest { Time = _opening.AddMinutes(10).ToTimestamp() });

        var page = await ReadAsync(server, "metrics/stations?region=53");
        Assert.Contains($"ktp_health_station_waiting_packets{{region=\"53.71.04\",station=\"{one.Id}\"}} 3\n", page);
        Assert.Contains($"ktp_health_station_waiting_bytes{{region=\"53.71.05\",station=\"{other.Id}\"}} 500\n", page);
        Assert.Contains($"ktp_health_station_waiting_oldest_seconds{{region=\"53.71.04\",station=\"{one.Id}\"}} {2 * 86400 + 600}\n", page);
        var fleet = await ReadAsync(server, "metrics");
        Assert.Contains("ktp_health_waiting_packets{region=\"53\"} 4\n", fleet);
        Assert.Contains("ktp_health_waiting_bytes{region=\"53\"} 6000500\n", fleet);
        Assert.Contains($"ktp_health_waiting_oldest_seconds{{region=\"53\"}} {2 * 86400 + 600}\n", fleet);

        await TellAsync(first, 3, new WaitingPackets());

        Assert.Contains($"ktp_health_station_waiting_oldest_seconds{{region=\"53.71.04\",station=\"{one.Id}\"}} 0\n", await ReadAsync(server, "metrics/stations?region=53"));
        Assert.Contains($"ktp_health_waiting_oldest_seconds{{region=\"53\"}} {3600 + 600}\n", await ReadAsync(server, "metrics"));
        Assert.Empty(await server.FaultsAsync());
    }

    [Theory]
    [InlineData(-1, 0, 0, "waiting.packets")]
    [InlineData(1_000_001, 0, 0, "waiting.packets")]
    [InlineData(1, -1, 0, "waiting.bytes")]
    [InlineData(1, (1L << 40) + 1, 0, "waiting.bytes")]
    [InlineData(1, 1, -1, "oldest_age")]
    [InlineData(1, 1, 366 * 86400 + 1, "oldest_age")]
    public async Task WaitingPackets_ThatCannotBe_AreRefusedAndTheSessionGoesOn(long packets, long bytes, long seconds, string field)
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutRegionsAsync("53.71.04");
        using var call = await Talk.WelcomedAsync(await server.JoinAsync("53.71.04"), Hello());

        await call.RequestStream.WriteAsync(Message(2, new WaitingPackets { Packets = packets, Bytes = bytes, OldestAge = new Duration { Seconds = seconds } }));
        var refusal = await Talk.NextAsync(call, message => message.Refusal);

        Assert.Contains(field, refusal.Message);
        Assert.DoesNotContain("_waiting_packets{", await ReadAsync(server, "metrics"));
        await TellAsync(call, 3, new WaitingPackets { Packets = 1_000_000, Bytes = 1L << 40, OldestAge = new Duration { Seconds = 366 * 86400 } });
        Assert.Contains("ktp_health_waiting_packets{region=\"53\"} 1000000\n", await ReadAsync(server, "metrics"));
    }

    private static Hello Hello()
    {
        var hello = Talk.Hello();
        hello.Devices.Add(_host);
        return hello;
    }

    private static ConnectRequest Message(ulong sequence, WaitingPackets waiting) => new()
    {
        Sequence = sequence,
        Samples = new SampleBatch { Samples = { new Sample { Device = _host, TakenAt = _opening.ToTimestamp() } }, Waiting = waiting },
    };

    private static async Task TellAsync(global::Grpc.Core.AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse> call, ulong sequence, WaitingPackets waiting)
    {
        await call.RequestStream.WriteAsync(Message(sequence, waiting));
        await Talk.NextAsync(call, message => message.Ack?.SeenSequence == sequence ? message.Ack : null);
    }

    private static async Task<string> ReadAsync(RunningServer server, string page)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(server.HttpAddress, page));
    }
}
