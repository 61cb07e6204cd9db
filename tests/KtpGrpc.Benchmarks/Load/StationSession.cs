using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Ktp.Session.V1;

namespace KtpGrpc.Benchmarks.Load;

/// <summary>One station's open session, on a connection of its own.</summary>
internal sealed class StationSession : IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse> _call;
    private readonly Kit _kit;
    private readonly SemaphoreSlim _window = new(0);
    private Task _reading = Task.CompletedTask;
    private ulong _sequence = 1;
    private long _seen = 1;
    private volatile bool _leaving;
    private (long Sequence, TaskCompletionSource Seen)? _asked;

    private StationSession(GrpcChannel channel, Kit kit)
    {
        _channel = channel;
        _kit = kit;
        _call = new SessionService.SessionServiceClient(channel).Connect();
    }

    /// <summary>Messages that the server acknowledged, the hello among them.</summary>
    public long Seen => Volatile.Read(ref _seen);

    public static async Task<StationSession> OpenAsync(StationFleet fleet, Uri address, int station, CancellationToken cancellation)
    {
        var session = new StationSession(fleet.Open(address, station), new Kit(station));
        try
        {
            await session._call.RequestStream.WriteAsync(
                new ConnectRequest
                {
                    Sequence = 1,
                    Hello = new Hello { AgentVersion = "1.0", Devices = { session._kit.All }, InstanceId = RandomId(), OutboxId = RandomId() },
                },
                cancellation);
            await session._call.ResponseStream.MoveNext(cancellation);
            session._window.Release(session._call.ResponseStream.Current.Welcome.Window);
            session._reading = session.ReadAsync();
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a batch as soon as the window has room.</summary>
    /// <param name="cancellation">Ends the wait for room; a message is sent whole.</param>
    public async Task SendAsync(CancellationToken cancellation)
    {
        await _window.WaitAsync(cancellation);
        await _call.RequestStream.WriteAsync(_kit.Next(++_sequence), CancellationToken.None);
    }

    /// <summary>Sends a batch when all before it were seen, and tells how long its ack took.</summary>
    public async Task<TimeSpan> AskAsync(CancellationToken cancellation)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked = ((long)_sequence + 1, seen);
        var start = TimeProvider.System.GetTimestamp();
        await SendAsync(cancellation);
        await seen.Task.WaitAsync(CancellationToken.None);
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>Takes its leave, as an agent does that is switched off.</summary>
    public async Task LeaveAsync()
    {
        await _call.RequestStream.CompleteAsync();
        await _reading;
    }

    /// <summary>Sends batches as fast as acks allow, until it is told to end.</summary>
    public async Task PumpAsync(CancellationToken end)
    {
        try
        {
            while (!end.IsCancellationRequested)
            {
                await SendAsync(end);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // It was to end.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _leaving = true;
        _call.Dispose();
        await _reading;
        _channel.Dispose();
        _window.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                var message = _call.ResponseStream.Current;
                if (message.BodyCase != ConnectResponse.BodyOneofCase.Ack)
                {
                    throw new InvalidOperationException($"The server said {message}.");
                }

                // An ack that waited for its turn may say what the one before it said already.
                if ((long)message.Ack.SeenSequence - _seen is > 0 and var fresh)
                {
                    Volatile.Write(ref _seen, (long)message.Ack.SeenSequence);
                    _window.Release((int)fresh);
                    if (_asked is { } asked && _seen >= asked.Sequence)
                    {
                        asked.Seen.TrySetResult();
                    }
                }
            }
        }
        catch (RpcException) when (_leaving)
        {
            // We left.
        }
    }

    private static ByteString RandomId() => ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
}
