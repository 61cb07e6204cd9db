namespace KtpGrpc.Simulation;

/// <summary>What a run does to the system on purpose; a campaign tells how often each was done.</summary>
internal enum Fault
{
    MessageLost,
    MessageDuplicated,
    MessageReordered,
    Partition,
    StoreCrashedBeforeCommit,
    StoreCrashedAfterCommit,
    AgentKilled,
    AgentKilledWhilePrinting,
    PrintFailed,
    EncodeFailed,
    CardJammed,
    CardNotFed,
    PrinterUnsure,
    CardVanished,
    TestCardPicked,
    PrinterSwapped,
    ClockJumpedAhead,
    ClockJumpedBack,
    ServersRaced,
}
