using Ktp.Repairs.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Repairs;

/// <summary>The work order that ends an incident. A device has at most one that is not over.</summary>
/// <param name="Repeat">Opened soon after a verified one of the same device, or of the same kind at the same station.</param>
internal sealed record Repair(
    string Id, StationId Station, DeviceKey Device, string IncidentId, string Reason, string OpenedBy, bool Repeat, DateTimeOffset OpenedAt)
{
    public RepairState State { get; init; } = RepairState.Open;

    /// <summary>Operator's name; empty while nobody is assigned.</summary>
    public string Technician { get; init; } = "";

    /// <summary>What was ordered last; empty for nothing.</summary>
    public string Part { get; init; } = "";

    /// <summary>YYYY-MM-DD; empty unless it waits for the part.</summary>
    public string PartExpected { get; init; } = "";

    public WorkDone Done { get; init; }

    /// <summary>The serial that has to prove itself; empty before the work was done.</summary>
    public string ProvingSerial { get; init; } = "";

    /// <summary>How often the device failed when it should have proved itself.</summary>
    public int CameBack { get; init; }

    /// <summary>Why it was escalated, cancelled or came back; the last of these.</summary>
    public string Note { get; init; } = "";

    /// <summary>Null while somebody is assigned, or it is over.</summary>
    public DateTimeOffset? UnassignedSince { get; init; } = OpenedAt;

    public DateTimeOffset? AssignedAt { get; init; }

    public DateTimeOffset? PartOrderedAt { get; init; }

    public DateTimeOffset? DepartedAt { get; init; }

    public DateTimeOffset? ArrivedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public DateTimeOffset? EscalatedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; } = OpenedAt;

    public bool IsOpen => ClosedAt is null;

    public DeviceKey Proving => Device with { Serial = ProvingSerial };
}
