using Ktp.Repairs.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Repairs;

/// <summary>How each fact changes a repair: what the tables hold is this, fact by fact.</summary>
internal static class RepairFold
{
    public static Repair Open(RepairOpened fact, DateTimeOffset at) => new(
        fact.RepairId, StationId.Trusted(fact.StationId), new DeviceKey(fact.DeviceKind, fact.Serial), fact.IncidentId, fact.Reason, fact.By, fact.Repeat, at);

    /// <summary>Two servers' clocks differ by a little: a repair's moments never go back.</summary>
    public static Repair Apply(Repair repair, RepairFact fact, DateTimeOffset at)
    {
        var now = at > repair.ChangedAt ? at : repair.ChangedAt;
        return Change(repair, fact, now) with { ChangedAt = now };
    }

    private static Repair Change(Repair repair, RepairFact fact, DateTimeOffset now) => fact switch
    {
        RepairAssigned assigned => repair with
        {
            // Who is assigned while a part is awaited waits for it, too.
            State = repair.State == RepairState.WaitingForPart ? RepairState.WaitingForPart : RepairState.Assigned,
            Technician = assigned.Technician,
            AssignedAt = now,
            UnassignedSince = null,
        },
        PartOrdered ordered => repair with { State = RepairState.WaitingForPart, Part = ordered.Part, PartExpected = ordered.Expected, PartOrderedAt = now },
        PartReceived => repair with { State = Awaiting(repair), PartExpected = "" },
        TechnicianDeparted => repair with { State = RepairState.OnTheWay, DepartedAt = now },
        TechnicianArrived => repair with { State = RepairState.AtWork, ArrivedAt = now },
        RepairCompleted completed => repair with { State = RepairState.Verifying, Done = completed.Done, ProvingSerial = completed.ProvingSerial, CompletedAt = now },
        RepairVerified => repair with { State = RepairState.Verified, ClosedAt = now },
        RepairCameBack back => Free(repair, RepairState.Open, now) with { CameBack = repair.CameBack + 1, Note = back.Reason, ProvingSerial = "" },
        RepairEscalated escalated => Free(repair, RepairState.Escalated, now) with { Note = escalated.Reason, EscalatedAt = now },
        RepairCancelled cancelled => repair with { State = RepairState.Cancelled, Note = cancelled.Reason, ClosedAt = now, UnassignedSince = null },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} changes no repair."),
    };

    private static Repair Free(Repair repair, RepairState state, DateTimeOffset now) =>
        repair with { State = state, Technician = "", PartExpected = "", UnassignedSince = repair.UnassignedSince ?? now };

    /// <summary>What it is when nothing is awaited any more.</summary>
    private static RepairState Awaiting(Repair repair) =>
        repair.Technician.Length > 0 ? RepairState.Assigned : repair.EscalatedAt is not null ? RepairState.Escalated : RepairState.Open;
}
