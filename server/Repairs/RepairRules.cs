using Ktp.Health.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Stations;
using static KtpGrpc.Server.Repairs.RepairCommand;

namespace KtpGrpc.Server.Repairs;

/// <summary>What may happen to a repair, and what happens by itself.</summary>
internal static class RepairRules
{
    /// <summary>A device that is worked on again within a month was not repaired (issue: "reopen within 30 days counts as a repeat").</summary>
    public static readonly TimeSpan RepeatWithin = TimeSpan.FromDays(30);

    /// <summary>
    /// In Kota Kupang a week after the last kit died the office "had no detailed information about the fault" and nobody above it
    /// knew: what has no technician in twice that time has nobody at all.
    /// </summary>
    public static readonly TimeSpan UnassignedAtMost = TimeSpan.FromDays(14);

    /// <summary>A kit that is out for longer than the month in which a spare comes is more than the office can help.</summary>
    public static readonly TimeSpan OpenAtMost = TimeSpan.FromDays(30);

    /// <summary>A kit records 30 to 100 people a day: one that is used proves itself on its first.</summary>
    public const int WorkingDaysToProve = 5;

    /// <summary>Offices keep three clocks; a day that begins by the middle one is right within an hour.</summary>
    private static readonly TimeSpan _officeClock = TimeSpan.FromHours(8);

    public static RepairOutcome Open(string id, StationId station, DeviceKey device, string incidentId, string reason, string by, Repair? open, Repair? verified, DateTimeOffset now) =>
        open is not null
            ? new RepairOutcome.Refused($"Repair {open.Id} of {device} of station {station} is {WordOf(open.State)}: go on with that one.")
            : new RepairOutcome.Accepted(new RepairOpened(
                id, station.Region.Value, station.Value, device.Kind, device.Serial, incidentId, reason, by, verified?.ClosedAt is { } closed && now - closed <= RepeatWithin));

    public static RepairOutcome Decide(Repair repair, RepairCommand command, DateTimeOffset now)
    {
        var (id, region) = (repair.Id, repair.Station.Region.Value);
        return command switch
        {
            EscalateWhenDue => EscalationDue(repair, now) is { } reason ? Accept(new RepairEscalated(id, region, reason)) : new RepairOutcome.Nothing(),
            Prove or Disprove when repair.State != RepairState.Verifying => new RepairOutcome.Nothing(),
            Prove proved => proved.Serial == repair.ProvingSerial ? Accept(new RepairVerified(id, region, proved.Successes)) : new RepairOutcome.Nothing(),
            Disprove disproved => disproved.Serial == repair.ProvingSerial ? Accept(new RepairCameBack(id, region, disproved.Reason)) : new RepairOutcome.Nothing(),
            _ when !Allows(command, repair.State) => new RepairOutcome.Refused($"Repair {id} is {WordOf(repair.State)}: {Wanted(command)}"),
            Assign assign => Accept(new RepairAssigned(id, region, assign.Technician)),
            OrderPart order => Accept(new PartOrdered(id, region, order.Part, order.Expected.ToString("O"))),
            ReceivePart => Accept(new PartReceived(id, region)),
            Depart => Accept(new TechnicianDeparted(id, region)),
            Arrive => Accept(new TechnicianArrived(id, region)),
            Complete complete => Complete(repair, complete),
            Escalate escalate => Accept(new RepairEscalated(id, region, escalate.Reason)),
            Cancel cancel => Accept(new RepairCancelled(id, region, cancel.Reason)),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is no command."),
        };
    }

    /// <summary>The steps that a person may take from a state.</summary>
    public static bool Allows(RepairCommand command, RepairState from) => (command, from) switch
    {
        (_, RepairState.Verified or RepairState.Cancelled) => false,
        (RepairCommand.Cancel, _) => true,
        (RepairCommand.Escalate, _) => from is not (RepairState.Verifying or RepairState.Escalated),
        (Assign, RepairState.Open or RepairState.Escalated or RepairState.Assigned or RepairState.WaitingForPart or RepairState.OnTheWay) => true,
        (OrderPart, RepairState.Open or RepairState.Escalated or RepairState.Assigned or RepairState.WaitingForPart or RepairState.AtWork) => true,
        (ReceivePart, RepairState.WaitingForPart) => true,
        (Depart, RepairState.Assigned) => true,
        (Arrive, RepairState.OnTheWay) => true,
        (RepairCommand.Complete, RepairState.AtWork) => true,
        _ => false,
    };

    /// <summary>Why it is time to tell the centre; null while it is not. Told once: what the centre knows it knows.</summary>
    public static string? EscalationDue(Repair repair, DateTimeOffset now) =>
        !repair.IsOpen || repair.EscalatedAt is not null || repair.State == RepairState.Verifying ? null
        : repair.UnassignedSince is { } since && now - since >= UnassignedAtMost ? $"Nobody was assigned for {UnassignedAtMost.TotalDays:0} days."
        : now - repair.OpenedAt >= OpenAtMost ? $"It is open for {OpenAtMost.TotalDays:0} days."
        : null;

    /// <summary>Since when a device ought to have proved itself and has not; null where it is not so.</summary>
    public static DateTimeOffset? UnprovedSince(Repair repair, DateTimeOffset now)
    {
        if (repair is not { State: RepairState.Verifying, CompletedAt: { } completed })
        {
            return null;
        }

        var due = completed;
        for (var left = WorkingDaysToProve; left > 0;)
        {
            due = due.AddDays(1);
            left -= due.ToOffset(_officeClock).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1;
        }

        return now >= due ? due : null;
    }

    public static string WordOf(RepairState state) => state switch
    {
        RepairState.Open => "open",
        RepairState.Assigned => "assigned",
        RepairState.WaitingForPart => "waiting for a part",
        RepairState.OnTheWay => "on the way",
        RepairState.AtWork => "at work",
        RepairState.Verifying => "waiting for the device to prove itself",
        RepairState.Verified => "verified",
        RepairState.Escalated => "with the centre",
        _ => "cancelled",
    };

    private static RepairOutcome Complete(Repair repair, Complete complete)
    {
        var exchanged = complete.Done == WorkDone.DeviceExchanged;
        return exchanged && complete.NewSerial.Length == 0 ? new RepairOutcome.Refused("A device was exchanged: say the new one's serial, which has to prove itself.")
            : !exchanged && complete.NewSerial.Length > 0 ? new RepairOutcome.Refused("A new serial belongs to an exchanged device alone.")
            : exchanged && repair.Device.Kind == DeviceKind.Station ? new RepairOutcome.Refused("A desk is not exchanged: say what of its kit was, in a repair of that device.")
            : Accept(new RepairCompleted(
                repair.Id, repair.Station.Region.Value, complete.Done, repair.Device.Kind, exchanged ? complete.NewSerial : repair.Device.Serial, complete.PartUsed));
    }

    private static string Wanted(RepairCommand command) => command switch
    {
        Assign => "a technician is assigned before he is at work.",
        OrderPart => "a part is ordered before the work is done, and not while somebody is on the way.",
        ReceivePart => "no part is awaited.",
        Depart => "somebody must be assigned, and no part awaited.",
        Arrive => "the technician must have departed.",
        RepairCommand.Complete => "the technician must have arrived.",
        RepairCommand.Escalate => "it cannot be escalated now.",
        _ => "it is over.",
    };

    private static RepairOutcome.Accepted Accept(RepairFact fact) => new(fact);
}
