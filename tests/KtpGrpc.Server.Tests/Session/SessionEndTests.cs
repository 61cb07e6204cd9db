using Grpc.Core;
using Ktp.Session.V1;
using Ktp.Stations.V1;
using KtpGrpc.Server.Session;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Call = Grpc.Core.AsyncDuplexStreamingCall<Ktp.Session.V1.ConnectRequest, Ktp.Session.V1.ConnectResponse>;

namespace KtpGrpc.Server.Tests.Session;

public sealed class SessionEndTests
{
    [Fact]
    public async Task QuarantinedStation_ThatDoesNotRead_LosesItsSession()
    {
        await using var server = await RunningServer.StartAsync();
        var station = await JoinAsync(server);
        using var call = await Talk.WelcomedAsync(station);
        await StuffAsync(call, messages: 2500);

        await new StationService.StationServiceClient(server.Admin).QuarantineStationAsync(
            new QuarantineStationRequest { RequestId = "q", StationId = station.Id, Reason = "test" });

        await Eventually.HoldsAsync(async () => !await IsConnectedAsync(server, station), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Session_IsNotOpenLongerThanItsCertificateHolds()
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(time: time);
        var station = await JoinAsync(server);
        using var call = await Talk.WelcomedAsync(station);
        var registry = server.Services.GetRequiredService<SessionRegistry>();

        time.Advance(TimeSpan.FromDays(364));
        registry.EndExpired();
        Assert.True(await IsConnectedAsync(server, station));
        time.Advance(TimeSpan.FromDays(1));
        registry.EndExpired();

        Assert.Equal(StatusCode.Unauthenticated, (await Talk.EndAsync(call)).StatusCode);
    }

    [Fact]
    public async Task TwoNewcomersAtOnce_AreBothRefusedByTheOneThatLives()
    {
        await using var server = await RunningServer.StartAsync();
        var station = await JoinAsync(server);
        using var living = await Talk.WelcomedAsync(station);
        Call[] newcomers = [Talk.Open(station), Talk.Open(station)];
        foreach (var newcomer in newcomers)
        {
            await newcomer.RequestStream.WriteAsync(new ConnectRequest { Sequence = 1, Hello = Talk.Hello() });
        }

        // The living one answers, late enough for both to ask, what it is asked last, as a slow line would have it.
        var ends = Task.WhenAll(newcomers.Select(Talk.EndAsync));
        var probe = await Talk.NextAsync(living, message => message.Probe);
        await Eventually.HoldsAsync(() => server.Services.GetRequiredService<SessionRegistry>().Asking == 2);
        await living.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, ProbeAnswer = new ProbeAnswer { Nonce = probe.Nonce } });

        Assert.All(await ends, end => Assert.Equal(StatusCode.AlreadyExists, end.StatusCode));
        await living.RequestStream.WriteAsync(new ConnectRequest { Sequence = 3, Event = Talk.Dropped(1) });
        await Talk.NextAsync(living, message => message.Ack is { EventsDurable: 1 } ack ? ack : null);
        foreach (var newcomer in newcomers)
        {
            newcomer.Dispose();
        }
    }

    [Fact]
    public async Task Newcomer_WhileTheFirstIsStillBeingWelcomed_GetsTheWelcomeBeforeAnyProbe()
    {
        await using var server = await RunningServer.StartAsync();
        var station = await JoinAsync(server);
        for (var round = 0; round < 20; round++)
        {
            Call[] both = [Talk.Open(station), Talk.Open(station)];
            await Task.WhenAll(both.Select(call => call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 1, Hello = Talk.Hello() })));
            var firsts = await Task.WhenAll(both.Select(FirstAsync));

            Assert.All(firsts, first => Assert.True(first is null or { BodyCase: ConnectResponse.BodyOneofCase.Welcome }, $"{first}"));
            Assert.Contains(firsts, first => first is not null);
            foreach (var call in both)
            {
                call.Dispose();
            }

            await Eventually.HoldsAsync(async () => !await IsConnectedAsync(server, station));
        }

        // Answers what it is asked once it was welcomed; null where it is refused.
        async Task<ConnectResponse?> FirstAsync(Call call)
        {
            ConnectResponse? first = null;
            try
            {
                while (await call.ResponseStream.MoveNext(default))
                {
                    first ??= call.ResponseStream.Current;
                    if (call.ResponseStream.Current.Probe is { } probe)
                    {
                        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, ProbeAnswer = new ProbeAnswer { Nonce = probe.Nonce } });
                        return first;
                    }
                }
            }
            catch (RpcException refused) when (refused.StatusCode is StatusCode.AlreadyExists or StatusCode.Unavailable)
            {
            }

            return first;
        }
    }

    [Fact]
    public async Task Fault_InASession_IsLoggedAndTellsNothingOfOurInside()
    {
        var server = await RunningServer.StartAsync();
        using var call = await Talk.WelcomedAsync(await JoinAsync(server));
        await server.Services.GetRequiredService<Database>().WriteAsync(tx => tx.ExecuteAsync("ALTER TABLE session_events RENAME TO gone"), default);

        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = Talk.Dropped(1) });
        var end = await Talk.EndAsync(call);

        Assert.Equal(new Status(StatusCode.Internal, "The server failed; its log says why."), new Status(end.StatusCode, end.Detail));
        var logged = await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.DisposeAsync());
        Assert.Contains("Connect failed", logged.Message);
    }

    [Fact]
    public async Task Disk_ThatIsFull_EndsTheSessionAsSuch()
    {
        await using var server = await RunningServer.StartAsync();
        server.ExpectError("full");
        using var call = await Talk.WelcomedAsync(await JoinAsync(server));
        await server.Services.GetRequiredService<Database>().WriteAsync(tx => tx.ExecuteAsync("PRAGMA max_page_count = 1"), default);

        var end = Talk.EndAsync(call);
        for (ulong sequence = 2; !end.IsCompleted && sequence < 20_000; sequence++)
        {
            try
            {
                await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = sequence, Event = Talk.Dropped(sequence) });
            }
            catch (Exception fault) when (fault is RpcException or InvalidOperationException)
            {
                break;
            }
        }

        Assert.Equal(StatusCode.ResourceExhausted, (await end).StatusCode);
    }

    private static async Task<JoinedStation> JoinAsync(RunningServer server)
    {
        await server.PutRegionsAsync("53.71.04");
        return await server.JoinAsync("53.71.04");
    }

    private static async Task<bool> IsConnectedAsync(RunningServer server, JoinedStation station) =>
        (await new StationService.StationServiceClient(server.Admin).GetStationAsync(new GetStationRequest { StationId = station.Id })).Station.Connected;

    /// <summary>Sends what is refused, at length, and reads none of the refusals: the line's windows are full, and the server cannot write.</summary>
    private static async Task StuffAsync(Call call, ulong messages)
    {
        try
        {
            for (ulong sequence = 2; sequence < messages; sequence++)
            {
                await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = sequence, Samples = new SampleBatch() });
            }
        }
        catch (Exception fault) when (fault is RpcException or InvalidOperationException)
        {
            // The session ended.
        }
    }
}
