using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace KtpGrpc.Server.Rpc;

/// <summary>The standard health check of gRPC: one state for the whole server, told for each of its services.</summary>
internal sealed class HealthCheckService(ServingState state, MappedServices services) : global::Grpc.Health.V1.Health.HealthBase
{
    [Right(Anyone = true)]
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => IsKnown(request.Service)
        ? Task.FromResult(Present())
        : throw Refuse.NotFound($"Service '{Require.Shown(request.Service)}' is not known.");

    [Right(Anyone = true)]
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        if (!IsKnown(request.Service))
        {
            // The standard wants this, and the call kept open; no service comes up later here.
            await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.ServiceUnknown }, context.CancellationToken);
        }

        HealthCheckResponse? told = null;
        while (!context.CancellationToken.IsCancellationRequested)
        {
            var change = state.NextChange;
            if (IsKnown(request.Service) && Present() is var present && !present.Equals(told))
            {
                await responseStream.WriteAsync(told = present, context.CancellationToken);
            }

            if (state.IsStopping)
            {
                return;
            }

            await change.WaitAsync(context.CancellationToken);
        }
    }

    private bool IsKnown(string service) => service.Length == 0 || services.ByName.ContainsKey(service);

    private HealthCheckResponse Present() => new() { Status = state.IsServing ? ServingStatus.Serving : ServingStatus.NotServing };
}
