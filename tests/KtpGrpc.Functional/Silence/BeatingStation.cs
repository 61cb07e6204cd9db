using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Ktp.Health.V1;
using Ktp.Session.V1;
using KtpGrpc.Testing;

namespace KtpGrpc.Functional.Silence;

/// <summary>A station that does nothing but beat: one device, one session on a connection of its own.</summary>
internal sealed class BeatingStation(JoinedStation joined, X509Certificate2 authority) : IAsyncDisposable
{
    private readonly ByteString _instance = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
    private readonly Device _device = new() { Kind = DeviceKind.Host, Serial = "PC-" + joined.Id, Model = "PC-A" };
    private GrpcChannel? _channel;
    private AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse>? _call;
    private ulong _sequence;

    public string Id { get; } = joined.Id;

    /// <summary>Connects and says hello; a server that has enough to do is asked again.</summary>
    public async Task OpenAsync(Uri server)
    {
        while (true)
        {
            await CloseAsync();
            _channel = RunningServer.Dial(server, authority, joined.Certificate);
            _call = new SessionService.SessionServiceClient(_channel).Connect();
            _sequence = 1;
            try
            {
                await _call.RequestStream.WriteAsync(new ConnectRequest
                {
                    Sequence = 1,
                    Hello = new Hello { AgentVersion = "1.0.0", InstanceId = _instance, OutboxId = ByteString.CopyFrom(new byte[16]), Devices = { _device } },
                });
                await WaitAsync(message => message.Welcome is not null);
                return;
            }
            catch (RpcException full) when (full.StatusCode == StatusCode.ResourceExhausted)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Says how it is, and waits until the server has seen that.</summary>
    public async Task BeatAsync(DateTimeOffset now)
    {
        await SendAsync(now);
        var sent = _sequence;
        await WaitAsync(message => message.Ack?.SeenSequence >= sent);
    }

    /// <summary>Says how it is, to whomever it may reach.</summary>
    public Task SendAsync(DateTimeOffset now) => _call!.RequestStream.WriteAsync(new ConnectRequest
    {
        Sequence = ++_sequence,
        Samples = new SampleBatch
        {
            Samples = { new Sample { Device = _device, TakenAt = now.ToTimestamp(), Gauges = { new Gauge { Signal = Signal.DiskFreeRatio, Value = 0.6 } } } },
        },
    });

    /// <summary>Takes its leave.</summary>
    public async Task LeaveAsync()
    {
        await _call!.RequestStream.CompleteAsync();
        while (await _call.ResponseStream.MoveNext(CancellationToken.None))
        {
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private ValueTask CloseAsync()
    {
        _call?.Dispose();
        _channel?.Dispose();
        (_call, _channel) = (null, null);
        return ValueTask.CompletedTask;
    }

    private async Task WaitAsync(Func<ConnectResponse, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        do
        {
            if (!await _call!.ResponseStream.MoveNext(limit.Token))
            {
                throw new InvalidOperationException($"The session of {Id} ended.");
            }
        }
        while (!wanted(_call.ResponseStream.Current));
    }
}
