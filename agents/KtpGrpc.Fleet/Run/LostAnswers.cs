using Grpc.Core;
using Grpc.Core.Interceptors;

namespace KtpGrpc.Fleet.Run;

/// <summary>
/// A wire that loses the answers of some uploads: the server has the packet, its station does not know, and offers it
/// again.
/// </summary>
internal sealed class LostAnswers(string stationId, double share, int seed) : Interceptor
{
    private int _uploads;

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(context);
        if (!Chance.Of(seed, stationId + "/lost-answers", Interlocked.Increment(ref _uploads)).Happens(share))
        {
            return call;
        }

        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.RequestStream, LoseAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private static async Task<TResponse> LoseAsync<TResponse>(Task<TResponse> response)
    {
        await response;
        throw new RpcException(new Status(StatusCode.Unavailable, "The scenario lost the answer."));
    }
}
