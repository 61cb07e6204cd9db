using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Scenario.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Scenario;

/// <summary>The scenario's clock on the wire.</summary>
internal sealed class ClockService(ScenarioClock scenario, DomainClock clock) : Ktp.Scenario.V1.ClockService.ClockServiceBase
{
    [Right(Role.Admin)]
    public override async Task<AdvanceToResponse> AdvanceTo(AdvanceToRequest request, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        await scenario.AdvanceToAsync(Require.Moment(request.Time, "time"), context.CancellationToken);
        return new AdvanceToResponse();
    }

    [Right(Role.Admin)]
    public override Task<GetTimeResponse> GetTime(GetTimeRequest request, ServerCallContext context)
    {
        Caller.Of(context).RequireRegion(RegionCode.Country);
        return Task.FromResult(new GetTimeResponse { Time = clock.Now.ToTimestamp() });
    }
}
