namespace KtpGrpc.Agent.Tests.Outbox;

/// <summary>One thing that happens to an outbox; the number is a size, a position or an offset, as the act has it.</summary>
internal sealed record HistoryStep(HistoryStep.Act Does, int Number)
{
    internal enum Act
    {
        Append,
        Acknowledge,
        Restart,
        Kill,
        CutPower,
    }
}
