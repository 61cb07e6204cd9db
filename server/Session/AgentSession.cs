using System.Threading.Channels;
using Grpc.Core;
using Ktp.Session.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Session;

/// <summary>One agent's open stream: what waits to be sent to it, and how it ends. Only its writer touches the wire.</summary>
internal sealed class AgentSession : IDisposable
{
    private const int Waiting = 64;

    private static readonly ConnectResponse _ackMarker = new();

    // Full, it ends the session: an agent that lets this many messages wait does not read.
    private readonly Channel<ConnectResponse> _toSend = Channel.CreateBounded<ConnectResponse>(new BoundedChannelOptions(Waiting) { SingleReader = true });
    private readonly byte[] _instanceId;
    private readonly SessionOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _asking = new();
    private Task<bool>? _probe;
    private TaskCompletionSource? _answer;
    private ulong _nonce;
    private int _ackWaits;
    private long _seen;
    private long _durable;
    private volatile bool _isSentAway;

    public AgentSession(StationId station, byte[] instanceId, string outbox, SessionOptions options, TimeProvider time)
    {
        (Station, Outbox, _instanceId, _options, _time) = (station, outbox, instanceId, options, time);
        Ended = _ended.Token;
    }

    public string Id { get; } = Guid.CreateVersion7().ToString("N");

    public StationId Station { get; }

    /// <summary>Names the agent's outbox, whose positions its events have.</summary>
    public string Outbox { get; }

    /// <summary>When the certificate it was opened with runs out, by the system's clock.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }

    /// <summary>Cancelled when it ends: nothing is read from then on.</summary>
    public CancellationToken Ended { get; }

    public bool IsInstance(ReadOnlySpan<byte> other) => other.SequenceEqual(_instanceId);

    /// <summary>Whether the agent's side ended it, and this server knows of no reason why there should be another session.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Whether the agent took its leave; else the line broke, for all that is known.</summary>
    public bool SaidFarewell { get; private set; }

    /// <summary>The welcome is the first message: what comes before it is sent to nobody.</summary>
    public void Welcome(Welcome welcome)
    {
        Write(new ConnectResponse { Welcome = welcome });
        _welcomed.TrySetResult();
    }

    public void Send(ConnectResponse message)
    {
        if (_welcomed.Task.IsCompleted)
        {
            Write(message);
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

    /// <summary>Ends reading now, and the stream after what waits was sent; the first reason stands, and none is a good end.</summary>
    public bool End(Exception? why)
    {
        var isFirst = _toSend.Writer.TryComplete(why);
        if (isFirst)
        {
            _ended.Cancel();
        }

        return isFirst;
    }

    /// <summary>Tells the agent to come back later; it ends the session by that.</summary>
    public void SendAway(ConnectResponse message)
    {
        _isSentAway = true;
        Send(message);
    }

    /// <summary>The agent closed its side in good order.</summary>
    public void Farewell() => IsLast = SaidFarewell = End(null) && !_isSentAway;

    /// <summary>The agent is gone, and said nothing.</summary>
    public void Lost() => IsLast = End(Refuse.Because(StatusCode.Cancelled, "The agent left.")) && !_isSentAway;

    public void End(StatusCode code, string reason) => _ = End(Refuse.Because(code, reason));

    /// <summary>Whether the agent answers in time; all who ask meanwhile share one question.</summary>
    public Task<bool> ProbeAsync(CancellationToken cancellation)
    {
        lock (_asking)
        {
            if (_probe is not { IsCompleted: false })
            {
                _probe = AskAsync();
            }

            return _probe.WaitAsync(cancellation);
        }
    }

    public void ProbeAnswered(ulong nonce)
    {
        lock (_asking)
        {
            if (nonce == _nonce)
            {
                _answer?.TrySetResult();
            }
        }
    }

    /// <summary>
    /// Writes until the session is ended, then throws why. An agent that does not read keeps the last messages from being
    /// written: <paramref name="abort"/> ends it then.
    /// </summary>
    public async Task WriteAsync(IServerStreamWriter<ConnectResponse> stream, Action abort, CancellationToken cancellation)
    {
        await using var limit = _time.CreateTimer(_ => abort(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var ending = Ended.Register(() => limit.Change(_options.EndWithin, Timeout.InfiniteTimeSpan));
        await foreach (var message in _toSend.Reader.ReadAllAsync(cancellation))
        {
            await stream.WriteAsync(ReferenceEquals(message, _ackMarker) ? TakeAck() : message, cancellation);
        }
    }

    /// <summary>Whoever still knows of it finds it ended.</summary>
    public void Dispose()
    {
        End(null);
        _ended.Dispose();
    }

    private async Task<bool> AskAsync()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_answer, _nonce) = (answer, (ulong)Random.Shared.NextInt64());
        var nonce = _nonce;
        try
        {
            await _welcomed.Task.WaitAsync(_options.ProbeWithin, _time);
            Send(new ConnectResponse { Probe = new Probe { Nonce = nonce } });
            await answer.Task.WaitAsync(_options.ProbeWithin, _time, Ended);
            return true;
        }
        catch (Exception unanswered) when (unanswered is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Write(ConnectResponse message)
    {
        if (!_toSend.Writer.TryWrite(message))
        {
            End(StatusCode.ResourceExhausted, "The agent does not read what it is sent.");
        }
    }

    private ConnectResponse TakeAck()
    {
        Volatile.Write(ref _ackWaits, 0);
        return new ConnectResponse { Ack = new Ack { SeenSequence = (ulong)Volatile.Read(ref _seen), EventsDurable = (ulong)Volatile.Read(ref _durable) } };
    }
}
