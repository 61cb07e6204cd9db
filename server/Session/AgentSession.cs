using System.Threading.Channels;
using Grpc.Core;
using Ktp.Session.V1;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Session;

/// <summary>One agent's open stream: what waits to be sent to it, and how it ends. Only its writer touches the wire.</summary>
internal sealed class AgentSession(StationId station, byte[] instanceId, string outbox)
{
    private const int Waiting = 64;

    private static readonly ConnectResponse _ackMarker = new();

    // Drops nothing: an agent that lets this many messages wait does not read, and its session ends.
    private readonly Channel<ConnectResponse> _toSend = Channel.CreateBounded<ConnectResponse>(new BoundedChannelOptions(Waiting) { SingleReader = true });
    private int _ackWaits;
    private long _seen;
    private long _durable;
    private TaskCompletionSource? _probed;
    private ulong _probeNonce;

    public string Id { get; } = Guid.CreateVersion7().ToString("N");

    public StationId Station { get; } = station;

    /// <summary>Names the agent's outbox, whose positions its events have.</summary>
    public string Outbox { get; } = outbox;

    public bool IsInstance(ReadOnlySpan<byte> other) => other.SequenceEqual(instanceId);

    public void Send(ConnectResponse message)
    {
        if (!_toSend.Writer.TryWrite(message))
        {
            End(StatusCode.ResourceExhausted, "The agent does not read what it is sent.");
        }
    }

    /// <summary>Tells the agent what was seen and what is durable; many calls may become one message.</summary>
    public void Ack(ulong seen, long durable)
    {
        Volatile.Write(ref _seen, (long)seen);
        Volatile.Write(ref _durable, durable);
        if (Interlocked.Exchange(ref _ackWaits, 1) == 0)
        {
            Send(_ackMarker);
        }
    }

    /// <summary>Ends the stream after what waits was sent; the first reason stands.</summary>
    public void End(StatusCode code, string reason) => _toSend.Writer.TryComplete(new RpcException(new Status(code, reason)));

    /// <summary>Whether the agent answers in time.</summary>
    public async Task<bool> ProbeAsync(TimeSpan within, TimeProvider time, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _probeNonce = (ulong)Random.Shared.NextInt64();
        _probed = answer;
        Send(new ConnectResponse { Probe = new Probe { Nonce = _probeNonce } });
        try
        {
            await answer.Task.WaitAsync(within, time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void ProbeAnswered(ulong nonce)
    {
        if (nonce == _probeNonce)
        {
            _probed?.TrySetResult();
        }
    }

    /// <summary>Writes until the session is ended, then throws why.</summary>
    public async Task WriteAsync(IServerStreamWriter<ConnectResponse> stream, CancellationToken cancellation)
    {
        await foreach (var message in _toSend.Reader.ReadAllAsync(cancellation))
        {
            await stream.WriteAsync(ReferenceEquals(message, _ackMarker) ? TakeAck() : message, cancellation);
        }
    }

    private ConnectResponse TakeAck()
    {
        Volatile.Write(ref _ackWaits, 0);
        return new ConnectResponse { Ack = new Ack { SeenSequence = (ulong)Volatile.Read(ref _seen), EventsDurable = (ulong)Volatile.Read(ref _durable) } };
    }
}
