using Ktp.Repairs.V1;

namespace KtpGrpc.Server.Repairs;

/// <summary>What somebody, or the device itself, says of a repair.</summary>
internal abstract record RepairCommand
{
    public sealed record Assign(string Technician) : RepairCommand;

    public sealed record OrderPart(string Part, DateOnly Expected) : RepairCommand;

    public sealed record ReceivePart : RepairCommand;

    public sealed record Depart : RepairCommand;

    public sealed record Arrive : RepairCommand;

    public sealed record Complete(WorkDone Done, string NewSerial, string PartUsed) : RepairCommand;

    public sealed record Escalate(string Reason) : RepairCommand;

    /// <summary>The timer asks whether it is time.</summary>
    public sealed record EscalateWhenDue : RepairCommand;

    public sealed record Cancel(string Reason) : RepairCommand;

    /// <summary>A device on probation for this repair proved itself.</summary>
    public sealed record Prove(string Serial, int Successes) : RepairCommand;

    public sealed record Disprove(string Serial, string Reason) : RepairCommand;
}

/// <summary>What becomes of it.</summary>
internal abstract record RepairOutcome
{
    public sealed record Accepted(RepairFact Fact) : RepairOutcome;

    /// <summary>What is wrong, and what would be right.</summary>
    public sealed record Refused(string Reason) : RepairOutcome;

    /// <summary>News that is none for this repair, or not yet.</summary>
    public sealed record Nothing : RepairOutcome;
}
