using Grpc.Core;
using Grpc.Core.Interceptors;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Rpc;

/// <summary>
/// Stands before every rpc: checks the declared right, counts and times the call, and turns a fault of ours into a
/// status that says nothing of our inside.
/// </summary>
internal sealed partial class CallGate(RpcInstruments instruments, TimeProvider time, ILogger<CallGate> logger) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        PassAsync(context, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        PassAsync(context, () => continuation(new CallersStream<TRequest>(requestStream), context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        PassAsync(context, async () =>
        {
            await continuation(request, responseStream, context);
            return true;
        });

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        PassAsync(context, async () =>
        {
            await continuation(new CallersStream<TRequest>(requestStream), responseStream, context);
            return true;
        });

    private async Task<T> PassAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        var started = time.GetTimestamp();
        var status = StatusCode.OK;
        try
        {
            CheckRight(context);
            return await call();
        }
        catch (RpcException refusal)
        {
            status = refusal.StatusCode;
            throw;
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            status = StatusCode.Cancelled;
            throw new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
        }
        catch (Exception fault) when (StorageFull.Is(fault))
        {
            status = StatusCode.ResourceExhausted;
            LogFull(logger, context.Method, fault);
            throw new RpcException(new Status(status, "The server's disk is full: try again when there is room."));
        }
        catch (Exception fault)
        {
            status = StatusCode.Internal;
            LogFault(logger, context.Method, fault);
            throw new RpcException(new Status(status, "The server failed; its log says why."));
        }
        finally
        {
            instruments.CallEnded(context.Method, status, time.GetElapsedTime(started));
        }
    }

    private static void CheckRight(ServerCallContext context)
    {
        var right = context.GetHttpContext().GetEndpoint()?.Metadata.GetMetadata<RightAttribute>()
            ?? throw Refuse.Denied("This call declares no right.");
        var caller = Caller.Of(context);
        if (right.Admits(caller))
        {
            return;
        }

        throw caller.Kind == CallerKind.Anonymous
            ? Refuse.Unauthenticated(caller.Refusal ?? "This call needs a station's certificate or an operator's secret.")
            : Refuse.Denied($"{caller.Actor} may not call this.");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} found the disk full.")]
    private static partial void LogFull(ILogger logger, string method, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed.")]
    private static partial void LogFault(ILogger logger, string method, Exception fault);
}
