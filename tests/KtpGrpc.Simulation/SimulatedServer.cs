using Google.Protobuf;
using Grpc.Core;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Simulation;

/// <summary>
/// One server: the real services over the store that both servers share. What it keeps in memory is gone when it is made anew.
/// </summary>
internal sealed class SimulatedServer
{
    private readonly Binder _methods = new();

    public SimulatedServer(IServiceProvider provider)
    {
        Ktp.Printing.V1.PrintingService.BindService(_methods, ActivatorUtilities.CreateInstance<Server.Printing.PrintingService>(provider));
        Ktp.Cards.V1.CardService.BindService(_methods, ActivatorUtilities.CreateInstance<Server.Cards.CardService>(provider));
        Ktp.Destruction.V1.DestructionService.BindService(_methods, ActivatorUtilities.CreateInstance<Server.Destruction.DestructionService>(provider));
    }

    /// <summary>Runs a call to its end. A server that dies in it answers as a broken line does.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, Caller caller) where TRequest : class where TResponse : class
    {
        var handler = _methods.Find<TRequest, TResponse>(method);
        try
        {
            return await handler(request, new SimulatedCall(caller));
        }
        catch (StoreCrashedException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The server died."));
        }
    }

    private sealed class Binder : ServiceBinderBase
    {
        private readonly Dictionary<string, object> _handlers = [];

        public UnaryServerMethod<TRequest, TResponse> Find<TRequest, TResponse>(string method) where TRequest : class where TResponse : class =>
            (UnaryServerMethod<TRequest, TResponse>)_handlers[method];

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            _handlers[method.FullName] = handler!;

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        {
            // Streams are not simulated.
        }
    }
}
