using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;

namespace KtpGrpc.Fleet.Live;

internal sealed class CityScreen(FleetPlan plan, ServerLink server, LockStep run, FleetPlaces places, double? daysPerSecond)
{
    public Task PlayAsync(CancellationToken cancellation) => new ProgressLines(plan, server, run).PlayAsync(cancellation);

    public override string ToString() => $"{places} {daysPerSecond}";
}
