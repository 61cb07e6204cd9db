using Ktp.Health.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>
/// Begins and ends the probation of devices that were worked on. The server that hears a station counts what its devices do; a
/// follower hears of those that are judged failing meanwhile, whoever judged them.
/// </summary>
internal sealed class Probations(JournalWriter journal, HealthMemory memory)
{
    public Follower ToFollower() => new("health.probations", new HashSet<string> { ConditionChanged.Kind }, HandleAsync);

    /// <summary>In the caller's transaction; he calls <see cref="Begun"/> after it, so that the very next sample counts.</summary>
    public async ValueTask<ProbationBegun> BeginAsync(Tx tx, DateTimeOffset now, string actor, StationId station, DeviceKey device, string occasion)
    {
        var fact = new ProbationBegun(station.Value, station.Region.Value, device.Kind, device.Serial, occasion);
        await journal.AcceptAsync(tx, now, actor, fact);
        return fact;
    }

    /// <summary>Tells this server's memory; another one's hears it from the journal within a second.</summary>
    public void Begun(ProbationBegun fact, DateTimeOffset at) => memory.HearOfProbation(fact, at);

    /// <summary>Ends a probation with a verdict, unless that was done before.</summary>
    public async ValueTask ConcludeAsync(Tx tx, DateTimeOffset now, string actor, StationId station, Probation probation, ProbationVerdict verdict)
    {
        if (await ProbationStore.LockAsync(tx, station, probation.Device) is not { } known || known.Occasion != probation.Occasion)
        {
            return;
        }

        var (kind, serial) = probation.Device;
        await journal.AcceptAsync(tx, now, actor, verdict == ProbationVerdict.Proved
            ? new DeviceProved(station.Value, station.Region.Value, kind, serial, probation.Occasion, probation.Successes)
            : new DeviceDisproved(station.Value, station.Region.Value, kind, serial, probation.Occasion, "It goes on failing as it did before."));
    }

    /// <summary>A fault that is older than the work may only not be forgotten yet; one that is younger is the device's answer.</summary>
    private async ValueTask HandleAsync(Tx tx, SealedFact at, IFact news)
    {
        if (news is ConditionChanged { State: >= ConditionState.Failing, Evidence: [var gravest, ..] } fact
            && await ProbationStore.LockAsync(tx, StationId.Trusted(fact.StationId), new DeviceKey(fact.DeviceKind, fact.Serial)) is { } probation
            && gravest.Since > probation.BegunAt)
        {
            await journal.AcceptAsync(tx, at.At, "server", new DeviceDisproved(
                fact.StationId, fact.Region, fact.DeviceKind, fact.Serial, probation.Occasion, gravest.Summary));
        }
    }
}
