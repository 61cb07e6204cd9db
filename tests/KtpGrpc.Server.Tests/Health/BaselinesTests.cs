using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Health.Detectors;
using Xunit;

namespace KtpGrpc.Server.Tests.Health;

public sealed class BaselinesTests
{
    [Fact]
    public void Models_WithoutEnd_ShareABaselineInTheEnd()
    {
        var baselines = new Baselines();
        var known = baselines.Of(DeviceKind.Iris, "IR-A");
        for (var model = 0; model < 3 * Baselines.MostModels; model++)
        {
            foreach (var baseline in baselines.Of(DeviceKind.Iris, $"IR-{model}"))
            {
                baseline.Learn(1, 100);
            }
        }

        Assert.InRange(baselines.TakeChanged().Count, Ratio.All.Count, (Baselines.MostModels + 1) * Ratio.All.Count);
        Assert.Same(known[0], baselines.Of(DeviceKind.Iris, "IR-A")[0]);
        Assert.Same(baselines.Of(DeviceKind.Iris, "new")[0], baselines.Of(DeviceKind.Iris, "newer")[0]);
        Assert.NotSame(baselines.Of(DeviceKind.Iris, "new")[0], baselines.Of(DeviceKind.Printer, "new")[0]);
    }
}
