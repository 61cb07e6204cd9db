using Ktp.Health.V1;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
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
        foreach (var station in memory.Offices.SelectMany(office => office.Stations).Where(station => stalled || !IsActive(station)))
        {
            lock (station.Lock)
            {
                // Who is shut out cannot be heard, and is not blamed for it when it is let in again.
                station.Presence.RestartClock(now);
            }
        }

        List<Exception> faults = [];
        var country = CountryVerdict.Heard;
        try
        {
            country = await JudgeCountryAsync(now, cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            faults.Add(new InvalidOperationException("The country was not judged.", fault));
        }

        foreach (var office in memory.Offices.Where(office => IsDue(office, country, now)))
        {
            try
            {
                await JudgeAsync(office, country, now, cancellation);
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested)
            {
                faults.Add(new InvalidOperationException($"The stations of {office.Region} were not judged.", fault));
            }
        }

        if (faults.Count > 0)
        {
            throw new AggregateException(faults);
        }
    }

    private bool IsDue(OfficeHealth office, CountryVerdict country, DateTimeOffset now) =>
        office.Stations.Any(station => station.IsMine && IsActive(station) && (office.Silence is not null || country.Silence is not null || NeedsJudging(station, now)));

    private bool IsActive(StationHealth station) => stations.Find(station.Id) is null or { Standing: StationStanding.Active };

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

    /// <summary>The country before any office. It is looked at whole only where so many of this server's stations are quiet that it matters.</summary>
    private async Task<CountryVerdict> JudgeCountryAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var country = memory.Country;
        if (country.Silence is null)
        {
            var (quiet, living) = CountQuiet(now);
            if (!NationalSilence.MayBe(quiet, living))
            {
                return CountryVerdict.Heard;
            }
        }

        await country.Turn.WaitAsync(cancellation);
        try
        {
            var active = memory.Stations.Where(IsActive).ToList();
            await SeeOthersAsync(RegionCode.Country, active, cancellation);
            var verdict = NationalSilence.Judge(country.Silence, active.ConvertAll(station => See(station, now)), now);
            if (NewsOf(country, verdict.Silence, verdict.Away, awayAlone: false) is { } news)
            {
                await database.WriteAsync(tx => journal.AcceptAsync(tx, now, "server", news), cancellation);
                country.Tell(verdict.Silence, now);
                RestartClocks(active, verdict.Away, now);
            }

            return verdict;
        }
        finally
        {
            country.Turn.Release();
        }
    }

    private (int Quiet, int Living) CountQuiet(DateTimeOffset now)
    {
        var (quiet, living) = (0, 0);
        foreach (var station in memory.Stations.Where(station => station.IsMine && IsActive(station)))
        {
            lock (station.Lock)
            {
                var presence = station.Presence;
                if (presence.State is not (Liveness.NeverHeard or Liveness.PresumedDead))
                {
                    living++;
                    var quietAt = presence.QuietAt;
                    quiet += presence.ExpectedHours(now, quietAt) >= quietAt ? 1 : 0;
                }
            }
        }

        return (quiet, living);
    }

    private static void RestartClocks(List<StationHealth> stations, IReadOnlyList<StationId> away, DateTimeOffset now)
    {
        var ids = away.ToHashSet();
        foreach (var station in stations.Where(station => station.IsMine && ids.Contains(station.Id)))
        {
            lock (station.Lock)
            {
                station.Presence.RestartClock(now);
                station.Dirty = true;
            }
        }
    }

    private async Task JudgeAsync(OfficeHealth office, CountryVerdict country, DateTimeOffset now, CancellationToken cancellation)
    {
        await office.Turn.WaitAsync(cancellation);
        try
        {
            var active = office.Stations.Where(IsActive).ToList();
            await SeeOthersAsync(office.Region, active, cancellation);
            var seen = active.ConvertAll(station => See(station, now));
            var verdict = Silence.Judge(office.Region, office.Silence, country, seen, now);
            var changes = active.Zip(seen)
                .Where(pair => pair.First.IsMine && pair.First.Condition?.State != StationCondition.StateOf(verdict.Stations[pair.Second.Id]))
                .Select(pair => ChangeOf(pair.First, pair.Second, verdict.Stations[pair.Second.Id], country, now))
                .ToList();
            var news = NewsOf(office, verdict.Silence, verdict.Away, verdict.AwayAlone);
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
                        if (!await owners.HoldsAsync(tx, change.Station.Id))
                        {
                            mine.Remove(change);
                            continue;
                        }

                        await journal.AcceptAsync(tx, now, "server", HealthIntake.FactOf(change.Station.Id, DeviceKey.Of(change.Station.Id), "", change.Condition));
                        foreach (var device in change.Unheard)
                        {
                            await journal.AcceptAsync(tx, now, "server", HealthIntake.FactOf(change.Station.Id, device.Key, device.Model, Condition.Unheard(now, change.Since)));
                        }
                    }

                    return mine;
                }, cancellation);
            }

            changes.ForEach(change => Show(change, now));
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

    /// <summary>Of the region's other stations the judge knows what the server that hears them has saved, a minute ago at most.</summary>
    private async Task SeeOthersAsync(RegionCode region, List<StationHealth> active, CancellationToken cancellation)
    {
        if (active.TrueForAll(station => station.IsMine))
        {
            return;
        }

        var others = active.Where(station => !station.IsMine).ToDictionary(station => station.Id);
        foreach (var (id, checkpoint) in await database.ReadAsync(tx => CheckpointRows.ListAsync(tx, region, "", int.MaxValue), cancellation))
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

    private static Change ChangeOf(StationHealth station, StationSilence seen, Liveness verdict, CountryVerdict country, DateTimeOffset now) => new(
        station,
        StationCondition.Of(verdict, seen.Since, seen.Expected, now, withCountry: country.Silence is { } silence && NationalSilence.IsHeld(silence, seen)),
        seen.Since,
        StationCondition.HidesDevices(verdict) ? [.. station.Devices.Where(device => device.Condition.State != ConditionState.Unknown)] : []);

    private static void Show(Change change, DateTimeOffset now)
    {
        lock (change.Station.Lock)
        {
            change.Station.Condition = change.Condition;
            foreach (var device in change.Unheard)
            {
                device.Condition = Condition.Unheard(now, change.Since);
                device.AwaitSample();
            }
        }
    }

    private static StationSilence See(StationHealth station, DateTimeOffset now)
    {
        lock (station.Lock)
        {
            return StationSilence.Of(station.Id, station.Presence, now);
        }
    }

    private static IFact? NewsOf(OfficeHealth region, RegionSilence? after, IReadOnlyList<StationId> away, bool awayAlone) => (region.Silence, after) switch
    {
        (not null, null) => new RegionHeard(region.Region.Value, [.. away.Select(id => id.Value)], awayAlone),
        (var before, not null) when before is null || before.DeclaredAt != after.DeclaredAt =>
            new RegionSilenced(region.Region.Value, after.Since, [.. after.Members.Select(id => id.Value)]),
        _ => null,
    };

    private static void Conclude(List<StationHealth> active, List<StationSilence> seen, OfficeVerdict verdict, DateTimeOffset now)
    {
        foreach (var (station, before) in active.Zip(seen).Where(pair => pair.First.IsMine))
        {
            lock (station.Lock)
            {
                station.Dirty |= before.State != verdict.Stations[station.Id];
                verdict.Conclude(station.Presence, before, now);
            }
        }
    }

    /// <summary>A station's new condition, and its devices of which nothing is known from now on.</summary>
    private sealed record Change(StationHealth Station, Condition Condition, DateTimeOffset Since, IReadOnlyList<DeviceHealth> Unheard);
}
