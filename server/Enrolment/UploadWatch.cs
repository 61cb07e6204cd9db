using Grpc.Core;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Enrolment;

/// <summary>
/// Ends an upload that holds a slot for nothing: one that is silent, one that trickles, one that was taken over, and all
/// when the server stops. Kestrel's own timers are off on gRPC streams.
/// </summary>
internal sealed class UploadWatch : IDisposable
{
    private readonly EnrolmentOptions _options;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _stopping;
    private readonly ITimer _silence;
    private RpcException? _why;
    private long _received;

    /// <param name="left">The caller left.</param>
    /// <param name="stopping">The server stops.</param>
    public UploadWatch(EnrolmentOptions options, TimeProvider time, CancellationToken left, CancellationToken stopping)
    {
        _options = options;
        _time = time;
        _started = time.GetTimestamp();
        _end = CancellationTokenSource.CreateLinkedTokenSource(left);
        _stopping = stopping.Register(() => End(Refuse.Because(StatusCode.Unavailable, "The server is stopping: what arrived is kept; offer again.")));
        _silence = time.CreateTimer(
            _ => End(Refuse.Because(StatusCode.DeadlineExceeded, $"Nothing came for {options.Silence.TotalSeconds:0} s: what arrived is kept; offer again.")),
            null, options.Silence, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _end.Token;

    /// <summary>Why it was ended, where it was.</summary>
    public RpcException? Why => Volatile.Read(ref _why);

    public void End(RpcException why)
    {
        Interlocked.CompareExchange(ref _why, why, null);
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at this moment.
        }
    }

    /// <summary>Says that a chunk came; refuses with DEADLINE_EXCEEDED when they come too slowly.</summary>
    public void Received(int bytes)
    {
        _received += bytes;
        _silence.Change(_options.Silence, Timeout.InfiniteTimeSpan);
        if (IsTooSlow(_received, _time.GetElapsedTime(_started), _options))
        {
            throw Refuse.Because(StatusCode.DeadlineExceeded, $"Less than {_options.LeastRate} bytes a second came: what arrived is kept; offer again.");
        }
    }

    public static bool IsTooSlow(long received, TimeSpan elapsed, EnrolmentOptions options) =>
        elapsed > options.Grace && received < elapsed.TotalSeconds * options.LeastRate;

    public void Dispose()
    {
        _silence.Dispose();
        _stopping.Dispose();
        _end.Dispose();
    }
}
