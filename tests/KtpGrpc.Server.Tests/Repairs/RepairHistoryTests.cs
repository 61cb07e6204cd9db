using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace KtpGrpc.Server.Tests.Repairs;

public sealed class RepairHistoryTests
{
    /// <summary>What leads on comes more often, so that there is enough of whatever comes late.</summary>
    private static readonly RepairStepKind[] _kinds =
    [
        .. Enum.GetValues<RepairStepKind>(), .. Enumerable.Repeat(RepairStepKind.Next, 18), .. Enumerable.Repeat(RepairStepKind.Timer, 2),
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

        Property.Holds(_steps.ListOf(120), history =>
        {
            using var ledger = new RepairLedger();
            ledger.Begin();
            foreach (var step in history)
            {
                if (ledger.Do(step) is { } kind)
                {
                    done[kind] = done.GetValueOrDefault(kind) + 1;
                }

                ledger.Check();
            }

            ledger.CheckFold();
        }, runs: 40);

        Assert.All(Enum.GetValues<RepairStepKind>().Where(kind => kind != RepairStepKind.Next), kind => Assert.True(done.GetValueOrDefault(kind) >= 10, $"{kind} was done {done.GetValueOrDefault(kind)} times: that proves nothing."));
    }
}
