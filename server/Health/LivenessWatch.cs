using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>
/// Looks, once a minute of domain time, for stations that ought to have spoken. A server that slept itself blames nobody.
/// </summary>
internal sealed class LivenessWatch(
    HealthMemory memory, StationOwners owners, StationDirectory stations, Database database, JournalWriter journal, DomainClock clock)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    /// <summary>A timer that comes this late was itself away.</summary>
    private static readonly TimeSpan _stalled = 3 * Period;

    private DateTimeOffset? _lastRun;

    public async Task RunAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var stalled = !clock.IsScenario && now - _lastRun > _stalled;
        _lastRun = now;
        foreach (var office in memory.Offices)
        {
            if (stalled)
            {
                RestartClocks(office, now);
            }

            if (office.Stations.Any(station => station.IsMine && (office.Silence is not null || NeedsJudging(station, now))))
            {
                await JudgeAsync(office, now, cancellation);
            }
        }
    }

    private static void RestartClocks(OfficeHealth office, DateTimeOffset now)
    {
        foreach (var station in office.Stations)
        {
            lock (station.Lock)
            {
                station.Presence.RestartClock(now);
            }
        }
    }

    private static bool NeedsJudging(StationHealth station, DateTimeOffset now)
    {
        lock (station.Lock)
        {
            return station.Presence.State switch
            {
                Liveness.NeverHeard => false,
                Liveness.PresumedDead => station.Condition?.State != StationCondition.StateOf(Liveness.PresumedDead),
                var state => station.Condition?.State != StationCondition.StateOf(state) || station.Presence.ExpectedHours(now, Silence.LateAt) >= Silence.LateAt,
            };
        }
    }

    private async Task JudgeAsync(OfficeHealth office, DateTimeOffset now, CancellationToken cancellation)
    {
        await office.Turn.WaitAsync(cancellation);
        try
        {
            var active = office.Stations.Where(station => stations.Find(station.Id) is null or { Standing: StationStanding.Active }).ToList();
            await SeeOthersAsync(office, active, cancellation);
            var seen = active.ConvertAll(station => See(station, now));
            var verdict = Silence.Judge(office.Region, office.Silence, seen, now);
            var changes = active.Zip(seen)
                .Where(pair => pair.First.IsMine && pair.First.Condition?.State != StationCondition.StateOf(verdict.Stations[pair.Second.Id]))
                .Select(pair => (Station: pair.First, Condition: StationCondition.Of(verdict.Stations[pair.Second.Id], pair.Second.Since, pair.Second.Expected, now)))
                .ToList();
            var news = NewsOf(office, verdict);
            if (news is not null || changes.Count > 0)
            {
                changes = await database.WriteAsync(async tx =>
                {
                    // Before the verdicts, so that who follows them knows the common cause first.
                    if (news is not null)
                    {
                        await journal.AcceptAsync(tx, now, "server", news);
                    }

                    var mine = changes.ToList();
                    foreach (var change in changes)
                    {
                        if (await owners.HoldsAsync(tx, change.Station.Id))
                        {
                            await journal.AcceptAsync(tx, now, "server", HealthIntake.FactOf(change.Station.Id, DeviceKey.Of(change.Station.Id), "", change.Condition));
                        }
                        else
                        {
                            mine.Remove(change);
                        }
                    }

                    return mine;
                }, cancellation);
            }

            changes.ForEach(change => change.Station.Condition = change.Condition);
            if (news is not null)
            {
                office.Tell(verdict.Silence, now);
            }

            Conclude(active, seen, verdict, now);
        }
        finally
        {
            office.Turn.Release();
        }
    }

    /// <summary>Of the office's other stations the judge knows what the server that hears them has saved, a minute ago at most.</summary>
    private async Task SeeOthersAsync(OfficeHealth office, List<StationHealth> active, CancellationToken cancellation)
    {
        if (active.TrueForAll(station => station.IsMine))
        {
            return;
        }

        var others = active.Where(station => !station.IsMine).ToDictionary(station => station.Id);
        foreach (var (id, checkpoint) in await database.ReadAsync(tx => CheckpointRows.ListAsync(tx, office.Region, "", int.MaxValue), cancellation))
        {
            if (others.TryGetValue(id, out var station) && StationHealth.PresenceOf(checkpoint) is { } presence)
            {
                lock (station.Lock)
                {
                    station.Presence = presence;
                }
            }
        }
    }

    private static StationSilence See(StationHealth station, DateTimeOffset now)
    {
        lock (station.Lock)
        {
            var presence = station.Presence;
            return new StationSilence(
                station.Id, presence.State, presence.LastHeard, presence.SilentSince, presence.ExpectedHours(now, Silence.HeldAtMost), presence.Alone);
        }
    }

    private static IFact? NewsOf(OfficeHealth office, OfficeVerdict verdict) => (office.Silence, verdict.Silence) switch
    {
        (not null, null) => new RegionHeard(office.Region.Value, [.. verdict.Away.Select(id => id.Value)], verdict.AwayAlone),
        (var before, { } after) when before is null || before.Members.Count != after.Members.Count =>
            new RegionSilenced(office.Region.Value, after.Since, [.. after.Members.Select(id => id.Value)]),
        _ => null,
    };

    private static void Conclude(List<StationHealth> active, List<StationSilence> seen, OfficeVerdict verdict, DateTimeOffset now)
    {
        foreach (var (station, before) in active.Zip(seen).Where(pair => pair.First.IsMine))
        {
            lock (station.Lock)
            {
                station.Dirty |= before.State != verdict.Stations[station.Id];
                station.Presence.Conclude(verdict.Stations[station.Id], before.LastHeard);
                if (verdict.Away.Contains(station.Id))
                {
                    station.Presence.RestartClock(now, verdict.AwayAlone);
                }
            }
        }
    }
}
