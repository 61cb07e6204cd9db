using FsCheck;
using FsCheck.Fluent;

namespace KtpGrpc.Agent.Tests.Outbox;

public sealed class DiskOutboxHistoryTests
{
    private static readonly Gen<HistoryStep> _steps = Gen.Frequency(
        (12, Number(HistoryStep.Act.Append)),
        (4, Number(HistoryStep.Act.Acknowledge)),
        (1, Number(HistoryStep.Act.Restart)),
        (1, Number(HistoryStep.Act.Kill)),
        (1, Number(HistoryStep.Act.CutPower)));

    [Fact]
    public void Outbox_OverAnyHistoryOfAppendsAcknowledgementsAndCrashes_KeepsWhatItPromised() =>
        Property.Holds(_steps.ArrayOf(), steps =>
        {
            using var history = new OutboxHistory();
            foreach (var step in steps)
            {
                history.Play(step);
                history.AssertPromises();
            }
        }, runs: 100);

    private static Gen<HistoryStep> Number(HistoryStep.Act act) => Gen.Choose(0, 400).Select(number => new HistoryStep(act, number));
}
