using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using Ktp.Session.V1;

namespace KtpGrpc.Agent.Session;

/// <summary>One open session: sends in order, and knows what the server has seen and keeps. One caller at a time sends.</summary>
internal sealed class SessionClient : IAsyncDisposable
{
    /// <summary>A server that is there says something within this while it is waited for; more than its busiest moment takes.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    /// <summary>A farewell that is not answered by then met a line that is broken anyway.</summary>
    private static readonly TimeSpan _farewellWithin = TimeSpan.FromSeconds(2);

    private const string ReconnectAfterTrailer = "ktp-reconnect-after";

    private readonly AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse> _call;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Action<Refusal> _refused;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<ulong, Refusal> _refusals = new();
    private readonly CancellationTokenSource _leaving = new();
    private Task _reading = Task.CompletedTask;
    private TaskCompletionSource _progress = NewProgress();
    private ulong _sequence;
    private ulong _seen;
    private long _durable;
    private volatile ReconnectAfter? _farewell;
    private volatile SessionEnd? _end;

    private SessionClient(AsyncDuplexStreamingCall<ConnectRequest, ConnectResponse> call, Action<Refusal> refused, TimeProvider time) =>
        (_call, _refused, _time) = (call, refused, time);

    /// <summary>Null while the session is open.</summary>
    public SessionEnd? End => _end;

    /// <summary>What the server answered to the hello.</summary>
    public Welcome Welcome { get; private set; } = new();

    /// <summary>Events up to here are durable on the server.</summary>
    public long EventsDurable => Volatile.Read(ref _durable);

    /// <summary>Says hello and waits for the welcome; throws RpcException where the server refuses, IOException where the wire breaks.</summary>
    /// <param name="refused">Hears of messages that the server did not take.</param>
    public static async Task<SessionClient> OpenAsync(
        CallInvoker wire, Hello hello, Action<Refusal> refused, TimeProvider time, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var call = new SessionService.SessionServiceClient(wire).Connect(cancellationToken: CancellationToken.None);
        var session = new SessionClient(call, refused, time);
        try
        {
            await session.SendAsync(new ConnectRequest { Hello = hello }, either.Token);
            if (!await call.ResponseStream.MoveNext(either.Token) || call.ResponseStream.Current.BodyCase != ConnectResponse.BodyOneofCase.Welcome)
            {
                throw new RpcException(new Status(StatusCode.Internal, "The server's first message is not a welcome."));
            }

            session.Welcome = call.ResponseStream.Current.Welcome;
            session._durable = (long)session.Welcome.EventsDurable;
            session._reading = session.ReadAsync();
            return session;
        }
        catch (Exception fault)
        {
            await session.DisposeAsync();
            if (fault is OperationCanceledException or RpcException && late.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                throw new SessionEndedException(Silent());
            }

            throw;
        }
    }

    /// <summary>When a refused connection may be tried again, where the server said so.</summary>
    public static TimeSpan? ReconnectAfterOf(RpcException refusal) =>
        int.TryParse(refusal.Trailers.GetValue(ReconnectAfterTrailer), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>Sends a message with the next sequence number, which it returns.</summary>
    public async Task<ulong> SendAsync(ConnectRequest message, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            message.Sequence = ++_sequence;
            await _call.RequestStream.WriteAsync(message, cancellation);
            return message.Sequence;
        }
        catch (RpcException fault)
        {
            // Where the session knows why it ended, that says more than the write that noticed.
            throw new SessionEndedException(_end ?? EndOf(fault));
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException)
        {
            // The connection broke, or the server ended the stream while this was written.
            throw new SessionEndedException(_end ?? Broken(fault));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Waits until the server has seen a message; throws SessionEndedException where the session ended first.</summary>
    public Task WaitSeenAsync(ulong sequence, CancellationToken cancellation) => WaitAsync(() => Volatile.Read(ref _seen) >= sequence, cancellation);

    /// <summary>Waits until the server keeps an event or has refused it; throws SessionEndedException where the session ended first.</summary>
    public Task WaitSettledAsync(ulong sequence, long position, CancellationToken cancellation) =>
        WaitAsync(() => EventsDurable >= position || _refusals.ContainsKey(sequence), cancellation);

    /// <summary>How many messages were refused since the last call.</summary>
    public int TakeRefusals()
    {
        var count = _refusals.Count;
        _refusals.Clear();
        return count;
    }

    /// <summary>Takes leave, so that the server does not take what follows for a broken line.</summary>
    public async Task LeaveAsync()
    {
        if (_end is not null)
        {
            return;
        }

        try
        {
            await _call.RequestStream.CompleteAsync().WaitAsync(_farewellWithin, _time);
            await _reading.WaitAsync(_farewellWithin, _time);
        }
        catch (Exception fault) when (fault is TimeoutException or RpcException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // It ended meanwhile, or nobody is there to be told.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        _call.Dispose();
        await _reading;
        _writing.Dispose();
        _leaving.Dispose();
    }

    private async Task WaitAsync(Func<bool> reached, CancellationToken cancellation)
    {
        while (true)
        {
            var progress = Volatile.Read(ref _progress).Task;
            if (reached())
            {
                return;
            }

            if (_end is { } end)
            {
                throw new SessionEndedException(end);
            }

            try
            {
                await progress.WaitAsync(AnswerWithin, _time, cancellation);
            }
            catch (TimeoutException)
            {
                throw new SessionEndedException(Silent());
            }
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(_leaving.Token))
            {
                await TakeAsync(_call.ResponseStream.Current);
                Progress();
            }

            _end = new SessionEnd(StatusCode.OK, _farewell?.Reason ?? "The server ended the session.", _farewell?.Delay.ToTimeSpan());
        }
        catch (RpcException fault)
        {
            _end = EndOf(fault);
        }
        catch (OperationCanceledException)
        {
            _end = new SessionEnd(StatusCode.Cancelled, "The agent left.", null);
        }
        catch (SessionEndedException ended)
        {
            // The answer to a probe met a connection that broke.
            _end = ended.End;
        }
        catch (Exception fault)
        {
            // A server that is killed does not say goodbye; and whatever it was, those who wait must hear of an end.
            _end = Broken(fault);
        }
        finally
        {
            Progress();
        }
    }

    private async Task TakeAsync(ConnectResponse message)
    {
        switch (message.BodyCase)
        {
            case ConnectResponse.BodyOneofCase.Ack:
                Volatile.Write(ref _seen, message.Ack.SeenSequence);
                Volatile.Write(ref _durable, (long)message.Ack.EventsDurable);
                break;
            case ConnectResponse.BodyOneofCase.Probe:
                await SendAsync(new ConnectRequest { ProbeAnswer = new ProbeAnswer { Nonce = message.Probe.Nonce } }, _leaving.Token);
                break;
            case ConnectResponse.BodyOneofCase.Refusal:
                _refusals[message.Refusal.Sequence] = message.Refusal;
                _refused(message.Refusal);
                break;
            case ConnectResponse.BodyOneofCase.ReconnectAfter:
                _farewell = message.ReconnectAfter;
                await CloseSideAsync();
                break;
            default:
                // A demand for the full state needs no answer: each batch of samples is that. And a newer server may say what
                // this agent does not know.
                break;
        }
    }

    /// <summary>Nothing is sent any more: the server waits for that before it closes the connection.</summary>
    private async Task CloseSideAsync()
    {
        await _writing.WaitAsync(_leaving.Token);
        try
        {
            await _call.RequestStream.CompleteAsync();
        }
        catch (Exception fault) when (fault is RpcException or IOException or InvalidOperationException)
        {
            // It ended meanwhile; how, the reader is told.
        }
        finally
        {
            _writing.Release();
        }
    }

    private static SessionEnd Silent() => new(StatusCode.DeadlineExceeded, $"The server said nothing for {AnswerWithin.TotalSeconds:0} s.", null);

    /// <summary>What the server said in leaving says more than how the wire ended.</summary>
    private SessionEnd EndOf(RpcException fault) => new(
        Trouble.CodeOf(fault), _farewell?.Reason ?? fault.Status.Detail, _farewell?.Delay.ToTimeSpan() ?? ReconnectAfterOf(fault));

    private SessionEnd Broken(Exception fault) =>
        new(StatusCode.Unavailable, _farewell?.Reason ?? $"The connection broke: {fault.Message}", _farewell?.Delay.ToTimeSpan());

    private void Progress() => Interlocked.Exchange(ref _progress, NewProgress()).SetResult();

    private static TaskCompletionSource NewProgress() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
