using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>Judges the silence of one office's stations, and writes down what it makes of them and of their kits.</summary>
internal sealed class OfficeWatch(SavedStations saved, StationOwners owners, Database database, JournalWriter journal)
{
    /// <param name="active">The office's stations that may speak.</param>
    /// <param name="listening">Since when this server has heard every beat.</param>
    public async Task JudgeAsync(
        OfficeHealth office, List<StationHealth> active, CountryVerdict country, DateTimeOffset listening, DateTimeOffset now, CancellationToken cancellation)
    {
        await office.Turn.WaitAsync(cancellation);
        try
        {
            await saved.SeeOthersAsync(office.Region, active, cancellation);
            var seen = active.ConvertAll(station => station.See(now, listening));
            var verdict = Silence.Judge(office.Region, office.Silence, country, seen, now);
            var changes = active.Zip(seen)
                .Where(pair => pair.First.IsMine && pair.First.Condition?.State != StationCondition.StateOf(verdict.Stations[pair.Second.Id]))
                .Select(pair => ChangeOf(pair.First, pair.Second, verdict.Stations[pair.Second.Id], country, now))
                .ToList();
            var news = office.NewsOf(verdict.Silence, verdict.Away, verdict.AwayAlone);
            if (news is not null || changes.Count > 0)
            {
                changes = await database.WriteAsync(tx => AcceptAsync(tx, news, changes, now), cancellation);
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

    /// <summary>Gives the changes that were this server's to make.</summary>
    private async ValueTask<List<Change>> AcceptAsync(Tx tx, IFact? news, List<Change> changes, DateTimeOffset now)
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
    }

    private static Change ChangeOf(StationHealth station, StationSilence seen, Liveness verdict, CountryVerdict country, DateTimeOffset now) => new(
        station,
        StationCondition.Of(
            verdict, seen.Since, seen.Expected, now,
            withCountry: country.Silence is { } silence && NationalSilence.IsHeld(silence, seen),
            byPeers: seen.Alone && seen.Expected < Silence.PresumedDeadAt),
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
