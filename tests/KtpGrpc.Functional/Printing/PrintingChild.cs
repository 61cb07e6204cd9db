using Grpc.Core;
using Grpc.Core.Interceptors;
using Ktp.Printing.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Identity;
using KtpGrpc.Agent.Printing;
using KtpGrpc.Agent.Session;

namespace KtpGrpc.Functional.Printing;

/// <summary>
/// The agent's printing in a process of its own: it reconciles and prints until there is nothing more, over every break of the
/// link. At one step it stops and says so, to be killed or told to go on.
/// </summary>
internal static class PrintingChild
{
    public const string Verb = "print";
    public const string Go = "go";

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(Uri server, string station, string printer, string serial, string stop)
    {
        var gate = new Gate(stop, Path.Combine(station, Go));
        var identity = StationIdentity.Load(station)!;
        await using var link = new StationLink(new AgentOptions { Folder = station, Control = server, Upload = server }, identity, TimeProvider.System);
        var client = new PrintingService.PrintingServiceClient(link.Calls.Intercept(gate));
        var cycle = new PrintCycle(new FilePrinter(printer, serial, gate), new AttemptJournal(Path.Combine(station, "attempts")));
        while (true)
        {
            try
            {
                await cycle.ReconcileAsync(client, (_, _, _) => { }, CancellationToken.None);
                Console.WriteLine($"done {await cycle.RunAsync(client, 100, (_, _, _) => { }, CancellationToken.None)}");
                return 0;
            }
            catch (RpcException away) when (away.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown)
            {
                await Task.Delay(_pause, TimeProvider.System);
            }
        }
    }

    /// <summary>Stops once, at the step it was told: before or after a call, or within the printer.</summary>
    internal sealed class Gate(string stop, string go) : Interceptor
    {
        private bool _passed;

        public async Task PassAsync(string step)
        {
            if (_passed || step != stop)
            {
                return;
            }

            _passed = true;
            Console.WriteLine($"at {step}");
            while (!File.Exists(go))
            {
                await Task.Delay(_pause, TimeProvider.System);
            }
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
            new(CallAsync(request, context, continuation), Task.FromResult(Metadata.Empty), () => Status.DefaultSuccess, () => Metadata.Empty, () => { });

        private async Task<TResponse> CallAsync<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
            where TRequest : class
            where TResponse : class
        {
            await PassAsync("before " + context.Method.Name);
            var response = await continuation(request, context);
            await PassAsync("after " + context.Method.Name);
            return response;
        }
    }
}
