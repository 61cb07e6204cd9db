using Grpc.Core;
using Grpc.Core.Interceptors;

namespace KtpGrpc.Agent.Session;

/// <summary>Gives every unary call a deadline: a server that is reached and does not answer must not hold the station up.</summary>
internal sealed class UnaryDeadline : Interceptor
{
    /// <summary>Ample for a write that waits its turn on a busy server.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        // gRPC compares a deadline with the system's clock, whatever time the agent goes by.
        var deadline = (TimeProvider.System.GetUtcNow() + Within).UtcDateTime;
        return continuation(request, new ClientInterceptorContext<TRequest, TResponse>(
            context.Method, context.Host, context.Options.WithDeadline(deadline)));
    }
}
