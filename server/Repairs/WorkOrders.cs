using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Repairs;

/// <summary>
/// Repairs from the first call to the proof, by persons, by the news of Health and by time. Methods that take a transaction are
/// part of their caller's.
/// </summary>
internal sealed class WorkOrders(Database database, JournalWriter journal, Probations probations)
{
    public static readonly TimeSpan EscalationPeriod = TimeSpan.FromMinutes(10);

    public Follower ToFollower() => new(
        "repairs", new HashSet<string> { DeviceProved.Kind, DeviceDisproved.Kind, StationForgotten.Kind }, HandleAsync);

    public async ValueTask<Repair> OpenAsync(Tx tx, DateTimeOffset now, Caller caller, StationId id, DeviceKey device, string incidentId, string reason)
    {
        // Of two that open one for the same device, the second waits here and finds the first's.
        var station = await StationStore.LockAsync(tx, id) ?? throw Refuse.NotFound($"Station {id} is not known.");
        if (station.Standing == StationStanding.Retired)
        {
            throw Refuse.Precondition($"Station {id} is retired.");
        }

        if (device != DeviceKey.Of(id) && await HealthStore.FindAsync(tx, device.In(id)) is null)
        {
            throw Refuse.NotFound($"Station {id} has no such {DeviceKey.NameOf(device.Kind)}: its agent has not named one with that serial.");
        }

        var open = await RepairStore.OpenOfAsync(tx, id, device);
        var verified = await RepairStore.LastVerifiedAsync(tx, id, device);
        return RepairRules.Open(Guid.CreateVersion7(now).ToString("N"), id, device, incidentId, reason, caller.Name, open, verified, now) switch
        {
            RepairOutcome.Accepted { Fact: var fact } => await AcceptAsync(tx, now, caller.Actor, fact),
            RepairOutcome.Refused refused => throw Refuse.Exists(refused.Reason),
            _ => throw new InvalidOperationException("To open a repair is never nothing."),
        };
    }

    /// <summary>Of what an incident is about: its device, or the desk that is silent.</summary>
    public async ValueTask<Repair> OpenAsync(Tx tx, DateTimeOffset now, Caller caller, string incidentId, string reason)
    {
        var incident = await IncidentStore.FindAsync(tx, incidentId) ?? throw Refuse.NotFound($"Incident '{Require.Shown(incidentId)}' is not known.");
        caller.RequireRegion(RegionCode.Trusted(incident.Region));
        if (!incident.IsOpen)
        {
            throw Refuse.Precondition($"Incident {incident.Id} is closed: open the repair for the device, if it needs one.");
        }

        if (!StationId.TryParse(incident.StationId, out var station)
            || (DeviceKey.TryParse(incident.Device, out var device) ? device : incident.Kind == IncidentKind.StationSilent ? DeviceKey.Of(station) : default) is not { Kind: not DeviceKind.Unspecified } broken)
        {
            throw Refuse.Precondition($"Incident {incident.Id} is not about a device: open a repair for each device that needs one.");
        }

        return await OpenAsync(tx, now, caller, station, broken, incident.Id, reason.Length > 0 ? reason : Require.Told(incident.Summary, 500));
    }

    /// <summary>A step that a person takes; whether he may, his service has checked. Tells of a probation that began.</summary>
    public async ValueTask<(Repair Repair, ProbationBegun? Probation)> StepAsync(Tx tx, DateTimeOffset now, Caller caller, Repair repair, RepairCommand command)
    {
        switch (RepairRules.Decide(repair, command, now))
        {
            case RepairOutcome.Refused refused:
                throw Refuse.Precondition(refused.Reason);
            case RepairOutcome.Accepted { Fact: RepairCompleted completed }:
                await RequirePartAsync(tx, repair, completed);
                var done = await AcceptAsync(tx, now, caller.Actor, completed);
                return (done, await probations.BeginAsync(tx, now, caller.Actor, done.Station, done.Proving, done.Id));
            case RepairOutcome.Accepted { Fact: var fact }:
                return (await AcceptAsync(tx, now, caller.Actor, fact), null);
            default:
                return (repair, null);
        }
    }

    /// <summary>Tells the centre of what is overdue; cheap where nothing is.</summary>
    public async Task EscalateAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var earliest = RepairRules.UnassignedAtMost < RepairRules.OpenAtMost ? RepairRules.UnassignedAtMost : RepairRules.OpenAtMost;
        foreach (var id in await database.ReadAsync(tx => RepairStore.OldAsync(tx, now - earliest), cancellation))
        {
            await database.WriteAsync(tx => TellAsync(tx, now, id, new RepairCommand.EscalateWhenDue()), cancellation);
        }
    }

    private async ValueTask HandleAsync(Tx tx, SealedFact at, IFact news)
    {
        switch (news)
        {
            case DeviceProved fact:
                await TellAsync(tx, at.At, fact.Occasion, new RepairCommand.Prove(fact.Serial, fact.Successes));
                break;
            case DeviceDisproved fact:
                await TellAsync(tx, at.At, fact.Occasion, new RepairCommand.Disprove(fact.Serial, fact.Reason));
                break;
            case StationForgotten fact:
                foreach (var id in await RepairStore.OpenOfStationAsync(tx, fact.StationId))
                {
                    await TellAsync(tx, at.At, id, new RepairCommand.Cancel($"Station {fact.StationId} was retired."));
                }

                break;
            default:
                break;
        }
    }

    /// <summary>What time and news say is never refused: it has happened.</summary>
    private async ValueTask TellAsync(Tx tx, DateTimeOffset now, string id, RepairCommand command)
    {
        if (await RepairStore.LockAsync(tx, id) is { } repair && RepairRules.Decide(repair, command, now) is RepairOutcome.Accepted { Fact: var fact })
        {
            await AcceptAsync(tx, now, "server", fact);
        }
    }

    private static async ValueTask RequirePartAsync(Tx tx, Repair repair, RepairCompleted completed)
    {
        var office = repair.Station.Region.Office;
        if (completed.PartUsed.Length > 0 && await PartStore.LockAsync(tx, office, completed.DeviceKind, completed.PartUsed) == 0)
        {
            throw Refuse.Precondition($"The shelf of {office} has no such part for the kind {DeviceKey.NameOf(completed.DeviceKind)}: count the shelf, or leave part_used empty.");
        }
    }

    private async ValueTask<Repair> AcceptAsync(Tx tx, DateTimeOffset now, string actor, RepairFact fact)
    {
        await journal.AcceptAsync(tx, now, actor, fact);
        return (await RepairStore.FindAsync(tx, fact.RepairId))!;
    }
}
