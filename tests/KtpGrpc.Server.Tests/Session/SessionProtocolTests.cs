using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Journal.V1;
using Ktp.Session.V1;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
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
        var hello = Talk.Hello();
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

        var refusal = await Talk.NextAsync(call, message => message.Refusal);
        var ack = await Talk.NextAsync(call, message => message.Ack is { SeenSequence: 3 } ack ? ack : null);

        Assert.Equal((2UL, (int)StatusCode.InvalidArgument), (refusal.Sequence, refusal.Code));
        Assert.Equal(3UL, ack.SeenSequence);
    }

    [Fact]
    public async Task Gap_InTheSequence_AsksForTheFullState()
    {
        using var call = await WelcomedAsync();
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 5, ConfigResult = new ConfigResult() });

        Assert.NotNull(await Talk.NextAsync(call, message => message.FullStateDemand));
    }

    [Fact]
    public async Task Event_SentTwice_IsOneFact()
    {
        using var call = await WelcomedAsync();
        for (ulong sequence = 2; sequence <= 3; sequence++)
        {
            await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = sequence, Event = Talk.Dropped(position: 7) });
        }

        var ack = await Talk.NextAsync(call, message => message.Ack is { SeenSequence: 3 } ack ? ack : null);

        Assert.Equal(7UL, ack.EventsDurable);
        Assert.Equal(1, await CountFactsAsync("session.event-taken"));
    }

    [Fact]
    public async Task Events_OfANewOutbox_CountFromTheirOwnBeginning()
    {
        using (var call = await WelcomedAsync())
        {
            await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = Talk.Dropped(position: 1000) });
            await Talk.NextAsync(call, message => message.Ack is { EventsDurable: 1000 } ack ? ack : null);
            await call.RequestStream.CompleteAsync();
        }

        var hello = Talk.Hello();
        hello.OutboxId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        using var anew = await WelcomedAsync(hello);
        await anew.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = Talk.Dropped(position: 1) });

        await Talk.NextAsync(anew, message => message.Ack is { EventsDurable: 1 } ack ? ack : null);
        Assert.Equal(2, await CountFactsAsync("session.event-taken"));
    }

    [Fact]
    public async Task Event_ThatALaterAgentKnows_IsTakenAsUnknown()
    {
        using var call = await WelcomedAsync();
        var bare = Talk.Dropped(position: 4);
        bare.ClearBody();
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = bare });

        await Talk.NextAsync(call, message => message.Ack is { EventsDurable: 4 } ack ? ack : null);
        Assert.Contains("\"what\":\"unknown\"", await PayloadAsync());
    }

    [Theory]
    [InlineData("Record of 5371046503910002 has no header.", "\"details\":\"Record of … has no header.\"")]
    [InlineData("", "\"details\":\"\"")]
    [InlineData("LONG", "xxx…\"")]
    public async Task Reason_OfAPartThatWasRefused_IsTakenWithoutDigitsOfANikAndCut(string reason, string kept)
    {
        using var call = await WelcomedAsync();
        var told = Talk.Dropped(position: 4);
        told.PartRefused = new PartRefused { Reason = reason == "LONG" ? new string('x', 5000) : reason };
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = told });

        await Talk.NextAsync(call, message => message.Ack is { EventsDurable: 4 } ack ? ack : null);
        var payload = await PayloadAsync();
        Assert.Contains(kept, payload.Replace("\\u2026", "…"));
        Assert.True(payload.Length < 1000);
    }

    [Theory]
    [InlineData("0193e9a4-5d10-7c3e-8f00-123456789012", "\"what\":\"packet-set-aside\",\"details\":\"packet 0193e9a4-5d10-7c3e-8f00-123456789012: Not 2 MB, as … says.\"")]
    [InlineData("5371046503910002", "\"details\":\"packet …: Not 2 MB, as … says.\"")]
    public async Task Packet_ThatWasSetAside_IsToldByItsIdAndNothingOfANik(string packet, string kept)
    {
        using var call = await WelcomedAsync();
        var told = Talk.Dropped(position: 4);
        told.PacketSetAside = new PacketSetAside { PacketId = packet, Reason = "Not 2 MB, as 5371046503910002 says." };
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = told });

        await Talk.NextAsync(call, message => message.Ack is { EventsDurable: 4 } ack ? ack : null);
        Assert.Contains(kept, (await PayloadAsync()).Replace("\\u2026", "…"));
    }

    [Fact]
    public async Task Report_ThatWasRefused_IsToldByItsJobAndEpoch()
    {
        using var call = await WelcomedAsync();
        var told = Talk.Dropped(position: 4);
        told.ReportRefused = new ReportRefused { JobId = "0193e9a45d107c3e8f00123456789012", Epoch = 2, Reason = "code is too long." };
        await call.RequestStream.WriteAsync(new ConnectRequest { Sequence = 2, Event = told });

        await Talk.NextAsync(call, message => message.Ack is { EventsDurable: 4 } ack ? ack : null);
        Assert.Contains("\"what\":\"report-refused\",\"details\":\"job 0193e9a45d107c3e8f00123456789012, epoch 2: code is too long.\"", await PayloadAsync());
    }

    private AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse> Open() => Talk.Open(_station);

    private Task<AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse>> WelcomedAsync(Hello? hello = null) => Talk.WelcomedAsync(_station, hello);

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

    private Task<string> PayloadAsync() => _server.Services.GetRequiredService<Database>().ReadAsync(
        async tx => (await tx.FirstAsync("SELECT payload FROM journal WHERE kind = 'session.event-taken'", row => row.GetString(0)))!, CancellationToken.None);
}
