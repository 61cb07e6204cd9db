using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Session.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Functional;

public sealed class FlappingTests
{
    private static readonly DateTimeOffset _start = new(2016, 8, 1, 2, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Device_ThatFlapsForAnHour_MakesTwoNoticesAndIsWellAfterAQuietHour(Engine engine)
    {
        await using var server = await RunningServer.StartAsync(engine, scenario: _start);
        await server.PutRegionsAsync(StationBench.District);
        await using var wire = await Wire.OpenAsync(server);

        for (var minute = 0; minute <= 60; minute++)
        {
            await wire.SayAsync(_start.AddMinutes(minute), minute % 5 == 1 ? "device-missing" : null);
        }

        var flapping = await wire.IncidentAsync();
        for (var minute = 61; minute <= 130; minute++)
        {
            await wire.SayAsync(_start.AddMinutes(minute), null);
        }

        var changes = (await new Ktp.Health.V1.HealthService.HealthServiceClient(server.Admin).ListHistoryAsync(
            new ListHistoryRequest { RegionCode = "53.71", StationId = wire.Station, PageSize = 1000 })).Conditions.Count(condition => condition.Device.Kind == DeviceKind.Printer);
        Assert.True(changes > 20, $"The device changed only {changes} times.");
        Assert.Equal((2, true, null), (flapping.Notices, flapping.Flapping, flapping.ClosedAt));
        var quiet = await wire.IncidentAsync();
        Assert.Equal(flapping.IncidentId, quiet.IncidentId);
        Assert.NotNull(quiet.ClosedAt);
        Assert.Empty(await server.FaultsAsync());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(180)]
    public async Task Server_ThatWasAway_BlamesNoStation(int minutes)
    {
        var time = new ManualTime();
        time.Advance(LastMonday(time.GetUtcNow()) - time.GetUtcNow());
        await using var first = await RunningServer.StartAsync(time: time);
        await first.PutRegionsAsync(StationBench.District);
        await using (var wire = await Wire.OpenAsync(first))
        {
            for (var minute = 0; minute < 20; minute++)
            {
                time.Advance(TimeSpan.FromMinutes(1));
                await wire.SayAsync(time.GetUtcNow(), null, advance: false);
            }
        }

        await first.StopAsync();
        time.Advance(TimeSpan.FromMinutes(minutes));
        await using var second = await RunningServer.StartAsync(like: first.Options, time: time);
        for (var minute = 0; minute < 5; minute++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await second.Services.GetRequiredService<LivenessWatch>().RunAsync(time.GetUtcNow(), CancellationToken.None);
        }

        var conditions = (await new Ktp.Health.V1.HealthService.HealthServiceClient(second.Admin).ListConditionsAsync(new ListConditionsRequest { RegionCode = "53.71" })).Conditions;
        Assert.NotEmpty(conditions);
        Assert.All(conditions, condition => Assert.Equal(ConditionState.Healthy, condition.State));
        Assert.Empty((await new IncidentService.IncidentServiceClient(second.Admin).ListIncidentsAsync(new ListIncidentsRequest())).Incidents);
        Assert.Empty(await second.FaultsAsync());
    }

    /// <summary>02:00 UTC, when every office of the country is open; behind us, for certificates that are made then must hold now.</summary>
    private static DateTimeOffset LastMonday(DateTimeOffset now)
    {
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-1);
        while (day.DayOfWeek != DayOfWeek.Monday)
        {
            day = day.AddDays(-1);
        }

        return day.AddHours(2);
    }

    /// <summary>A station's session, sample by sample; each is seen, and followed, before the next.</summary>
    private sealed class Wire(RunningServer server, JoinedStation station, Grpc.Core.AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse> session) : IAsyncDisposable
    {
        private static readonly Device _printer = new() { Kind = DeviceKind.Printer, Serial = "PR-1", Model = "HDP5000" };

        private ulong _sequence = 1;

        public string Station => station.Id;

        public static async Task<Wire> OpenAsync(RunningServer server)
        {
            var station = await server.JoinAsync(StationBench.District);
            var session = new SessionService.SessionServiceClient(station.Control).Connect();
            await session.RequestStream.WriteAsync(new ConnectRequest
            {
                Sequence = 1,
                Hello = new Hello { AgentVersion = "1.0.0", InstanceId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()), OutboxId = ByteString.CopyFrom(new byte[16]), Devices = { _printer } },
            });
            return new Wire(server, station, session);
        }

        public async Task SayAsync(DateTimeOffset now, string? code, bool advance = true)
        {
            if (advance)
            {
                await server.AdvanceAsync(now);
            }

            var sample = new Sample { Device = _printer, TakenAt = now.ToTimestamp() };
            sample.Codes.AddRange(code is null ? [] : [new DeviceCode { Code = code }]);
            await session.RequestStream.WriteAsync(new ConnectRequest { Sequence = ++_sequence, Samples = new SampleBatch { Samples = { sample } } });
            using var patience = new CancellationTokenSource(Eventually.Patience);
            while (await session.ResponseStream.MoveNext(patience.Token) && (session.ResponseStream.Current.Ack?.SeenSequence ?? 0) < _sequence)
            {
            }

            if (advance)
            {
                await server.AdvanceAsync(now);
            }
        }

        /// <summary>The one incident about the printer.</summary>
        public async Task<Incident> IncidentAsync() => Assert.Single((await new IncidentService.IncidentServiceClient(server.Admin).ListIncidentsAsync(
            new ListIncidentsRequest { RegionCode = "53.71" })).Incidents, incident => incident.Device.Length > 0);

        public ValueTask DisposeAsync()
        {
            session.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
