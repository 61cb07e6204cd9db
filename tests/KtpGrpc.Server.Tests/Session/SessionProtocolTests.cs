using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Journal.V1;
using Ktp.Session.V1;
using KtpGrpc.Testing;
using Xunit;

namespace KtpGrpc.Server.Tests.Session;

public sealed class SessionProtocolTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private JoinedStation _station = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PutRegionsAsync("53.71.04");
        _station = await _server.JoinAsync("53.71.04");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Session_WithoutAHelloFirst_IsRefused()
    {
        using var call = Open();
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 1, ConfigResult = new ConfigResult() });

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("hello", refused.Status.Detail);
    }

    [Fact]
    public async Task Session_WithAnInstanceIdOfTheWrongLength_IsRefused()
    {
        using var call = Open();
        var hello = Hello();
        hello.InstanceId = ByteString.CopyFrom(1, 2, 3);
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 1, Hello = hello });

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));

        Assert.Contains("instance_id", refused.Status.Detail);
    }

    [Fact]
    public async Task Session_OfNobody_IsUnauthenticated()
    {
        using var call = new SessionService.SessionServiceClient(_server.Anonymous).Connect();

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task Message_LargerThan64Kilobytes_EndsTheSession()
    {
        using var call = await WelcomedAsync();
        try
        {
            await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, ConfigResult = new ConfigResult { Error = new string('x', 70_000) } });
        }
        catch (RpcException)
        {
            // The server may end the call while it is still written; the response says why.
        }

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    [Fact]
    public async Task Message_ThatDoesNotHold_IsRefusedAndTheSessionGoesOn()
    {
        using var call = await WelcomedAsync();
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Samples = new SampleBatch() });
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 3, ConfigResult = new ConfigResult { Version = 1 } });

        var refusal = await NextAsync(call, message => message.Refusal);
        var ack = await NextAsync(call, message => message.Ack is { SeenSequence: 3 } ack ? ack : null);

        Assert.Equal((2UL, (int)StatusCode.InvalidArgument), (refusal.Sequence, refusal.Code));
        Assert.Equal(3UL, ack.SeenSequence);
    }

    [Fact]
    public async Task Gap_InTheSequence_AsksForTheFullState()
    {
        using var call = await WelcomedAsync();
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 5, ConfigResult = new ConfigResult() });

        Assert.NotNull(await NextAsync(call, message => message.FullStateDemand));
    }

    [Fact]
    public async Task Event_SentTwice_IsOneFact()
    {
        using var call = await WelcomedAsync();
        for (ulong sequence = 2; sequence <= 3; sequence++)
        {
            await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = sequence, Event = Dropped(position: 7) });
        }

        var ack = await NextAsync(call, message => message.Ack is { SeenSequence: 3 } ack ? ack : null);

        Assert.Equal(7UL, ack.EventsDurable);
        Assert.Equal(1, await CountFactsAsync("session.event-taken"));
    }

    [Fact]
    public async Task Events_OfANewOutbox_CountFromTheirOwnBeginning()
    {
        using (var call = await WelcomedAsync())
        {
            await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = Dropped(position: 1000) });
            await NextAsync(call, message => message.Ack is { EventsDurable: 1000 } ack ? ack : null);
            await call.RequestStream.CompleteAsync();
        }

        var hello = Hello();
        hello.OutboxId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        using var anew = await WelcomedAsync(hello);
        await anew.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = Dropped(position: 1) });

        await NextAsync(anew, message => message.Ack is { EventsDurable: 1 } ack ? ack : null);
        Assert.Equal(2, await CountFactsAsync("session.event-taken"));
    }

    private static Event Dropped(ulong position) => new()
    {
        Position = position,
        OccurredAt = TimeProvider.System.GetUtcNow().ToTimestamp(),
        RecordsDropped = new RecordsDropped { Count = 3 },
    };

    private static Hello Hello() => new()
    {
        AgentVersion = "1.0.0",
        InstanceId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
        OutboxId = ByteString.CopyFrom(new byte[16]),
    };

    private AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse> Open() => new SessionService.SessionServiceClient(_station.Control).Connect();

    private async Task<AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse>> WelcomedAsync(Hello? hello = null)
    {
        var call = Open();
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 1, Hello = hello ?? Hello() });
        await NextAsync(call, message => message.Welcome);
        return call;
    }

    /// <summary>The next message that is wanted; others are passed over.</summary>
    private static async Task<T> NextAsync<T>(AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse> call, Func<ConnectResponse, T?> wanted)
        where T : class
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (await call.ResponseStream.MoveNext(limit.Token))
        {
            if (wanted(call.ResponseStream.Current) is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException("The session ended without the message that was waited for.");
    }

    private async Task<int> CountFactsAsync(string kind)
    {
        var journal = new JournalService.JournalServiceClient(_server.Admin);
        var verified = await journal.VerifyJournalAsync(new VerifyJournalRequest());
        Assert.Empty(verified.Faults);
        await Eventually.HoldsAsync(async () => (await journal.GetCheckpointAsync(new GetCheckpointRequest())).Checkpoint.Size == verified.Entries);
        using var watch = journal.WatchFacts(new WatchFactsRequest());
        var count = 0;
        for (var read = 0L; read < verified.Entries && await watch.ResponseStream.MoveNext(default); read++)
        {
            count += watch.ResponseStream.Current.Fact.Kind == kind ? 1 : 0;
        }

        return count;
    }
}
