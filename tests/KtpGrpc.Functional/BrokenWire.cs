using Grpc.Core;
using Grpc.Core.Interceptors;

namespace KtpGrpc.Functional;

/// <summary>A wire on which every call fails, or hangs until it is given up.</summary>
internal sealed class BrokenWire(bool hangs = false) : Interceptor
{
    private int _calls;

    /// <summary>How many calls were made on it.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        Interlocked.Increment(ref _calls);
        return new AsyncUnaryCall<TResponse>(
            FailAsync<TResponse>(context.Options.CancellationToken), Task.FromResult(new Metadata()), () => Status.DefaultCancelled, () => [], () => { });
    }

    private async Task<TResponse> FailAsync<TResponse>(CancellationToken cancellation)
    {
        if (hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }

        throw new RpcException(new Status(StatusCode.Unavailable, "The wire is broken."));
    }
}
