using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace KtpGrpc.Server.Tests.Repairs;

public sealed class RepairHistoryTests
{
    private static readonly RepairStepKind[] _kinds =
    [
        .. Enum.GetValues<RepairStepKind>(),
        .. Enumerable.Repeat(RepairStepKind.Assign, 3), .. Enumerable.Repeat(RepairStepKind.Depart, 4), .. Enumerable.Repeat(RepairStepKind.Arrive, 4),
        .. Enumerable.Repeat(RepairStepKind.Complete, 4), .. Enumerable.Repeat(RepairStepKind.Exchange, 2), .. Enumerable.Repeat(RepairStepKind.Prove, 2),
    ];

    private static readonly Gen<RepairStep> _steps =
        from kind in Gen.Elements(_kinds)
        from number in Gen.Choose(0, 15)
        select new RepairStep(kind, number);

    /// <summary>
    /// Whatever is opened, assigned, ordered, done, proved, disproved, escalated and given up, in any order and by clocks that
    /// disagree: no device has two open repairs, no moment goes back, what is over stays as it is, and the journal tells it all.
    /// </summary>
    [Fact]
    public void Repairs_ThroughAnyHistory_HoldTheirRules()
    {
        var done = new Dictionary<RepairStepKind, int>();

        Property.Holds(_steps.ListOf(80), history =>
        {
            using var ledger = new RepairLedger();
            ledger.Begin();
            foreach (var step in history)
            {
                if (ledger.Do(step))
                {
                    done[step.Kind] = done.GetValueOrDefault(step.Kind) + 1;
                }

                ledger.Check();
            }

            ledger.CheckFold();
        }, runs: 60);

        Assert.All(Enum.GetValues<RepairStepKind>(), kind => Assert.True(done.GetValueOrDefault(kind) >= 10, $"{kind} was done {done.GetValueOrDefault(kind)} times: that proves nothing."));
    }
}
