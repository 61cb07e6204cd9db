using System.Collections.Concurrent;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>
/// Every station that was ever heard, in memory. It is restored when the server starts, and blames nobody for the time in
/// which the server was away. Of a station that another server owns it has what the journal tells.
/// </summary>
internal sealed partial class HealthMemory(Database database, Baselines baselines, DomainClock clock, ILogger<HealthMemory> logger)
{
    private const int ReadAtOnce = 1000;

    private readonly ConcurrentDictionary<StationId, StationHealth> _stations = new();
    private readonly ConcurrentDictionary<RegionCode, OfficeHealth> _offices = new();
    private readonly Lock _adding = new();

    public IEnumerable<StationHealth> Stations => _stations.Values;

    public IEnumerable<OfficeHealth> Offices => _offices.Values;

    /// <summary>The country's own silence; it has no stations of its own.</summary>
    public OfficeHealth Country => _offices.GetOrAdd(RegionCode.Country, region => new OfficeHealth(region));

    public StationHealth FindOrAdd(StationId id)
    {
        if (_stations.TryGetValue(id, out var station))
        {
            return station;
        }

        lock (_adding)
        {
            if (!_stations.TryGetValue(id, out station))
            {
                var office = _offices.GetOrAdd(id.Region.Office, region => new OfficeHealth(region));
                station = new StationHealth(id, office, isMine: !database.IsShared);
                office.Add(station);
                _stations[id] = station;
            }

            return station;
        }
    }

    public async Task LoadAsync(CancellationToken cancellation)
    {
        var now = clock.Now;
        await database.ReadAsync(async tx =>
        {
            _stations.Clear();
            _offices.Clear();
            foreach (var (key, failed, attempts) in await CheckpointRows.ListBaselinesAsync(tx))
            {
                baselines.Restore(key, failed, attempts);
            }

            foreach (var (kind, model, state) in await CheckpointRows.ListUsualAsync(tx))
            {
                if (!baselines.TryRestoreUsual(kind, model, state))
                {
                    LogUnreadable(logger, CheckpointRows.KeyOf(kind, model));
                }
            }

            foreach (var (kind, model, trouble) in await ModelShiftStore.ListAsync(tx))
            {
                baselines.UsualOf(kind, model).Tell(trouble, trouble.Since);
            }

            List<ConditionRow> rows;
            for (var after = ""; (rows = await HealthStore.ListAsync(tx, RegionCode.Country, after, ReadAtOnce)).Count > 0; after = rows[^1].Key)
            {
                foreach (var ofStation in rows.GroupBy(row => row.Station))
                {
                    AddConditions(FindOrAdd(ofStation.Key), ofStation);
                }
            }

            foreach (var (station, probation) in await ProbationStore.ListAsync(tx))
            {
                FindOrAdd(station).Probations.Begin(probation);
            }

            List<(StationId Station, byte[] State)> learned;
            for (var after = ""; (learned = await CheckpointRows.ListAsync(tx, RegionCode.Country, after, ReadAtOnce)).Count > 0; after = learned[^1].Station.Value)
            {
                learned.ForEach(row => Restore(FindOrAdd(row.Station), row.State, now));
            }

            foreach (var silence in await HealthStore.ListSilencesAsync(tx))
            {
                _offices.GetOrAdd(silence.Region, region => new OfficeHealth(region)).Tell(silence, silence.DeclaredAt);
            }

            return true;
        }, cancellation);
        foreach (var station in _stations.Values)
        {
            station.Presence.RestartClock(now);
        }
    }

    /// <summary>Replaces what is known of a station by what the database has; in its office's turn.</summary>
    public void Show(StationHealth station, StationPicture picture, DateTimeOffset now, bool isMine)
    {
        lock (station.Lock)
        {
            station.IsMine = isMine;
            station.Dirty = false;
            (station.Condition, station.Devices, station.Presence) = (null, [], new Presence());
            AddConditions(station, picture.Conditions);
            station.Probations.Clear();
            foreach (var probation in picture.Probations)
            {
                station.Probations.Begin(probation);
            }

            if (picture.Checkpoint is { } checkpoint)
            {
                Restore(station, checkpoint, now);
            }
        }
    }

    /// <summary>Forgets a station, and tells what was known of it.</summary>
    public IReadOnlyList<ConditionRow> Forget(StationId id, DateTimeOffset at)
    {
        lock (_adding)
        {
            if (!_stations.TryRemove(id, out var station))
            {
                return [];
            }

            station.Office.Remove(station);
            var kit = station.Devices.Select(device => ConditionRow.Gone(id, device.Key, device.Model, at));
            return station.Condition is null ? [.. kit] : [.. kit, ConditionRow.Gone(id, DeviceKey.Of(id), "", at)];
        }
    }

    /// <summary>Takes that a device's probation began or ended; whichever server hears the station is the one that counts.</summary>
    public void HearOfProbation(IFact fact, DateTimeOffset at)
    {
        switch (fact)
        {
            case ProbationBegun begun:
                Change(begun.StationId, probations => probations.Begin(new Probation(new DeviceKey(begun.DeviceKind, begun.Serial), begun.Occasion, at)));
                break;
            case DeviceProved proved:
                Change(proved.StationId, probations => probations.End(new DeviceKey(proved.DeviceKind, proved.Serial), proved.Occasion));
                break;
            case DeviceDisproved disproved:
                Change(disproved.StationId, probations => probations.End(new DeviceKey(disproved.DeviceKind, disproved.Serial), disproved.Occasion));
                break;
            default:
                break;
        }

        void Change(string id, Action<StationProbations> change)
        {
            var station = FindOrAdd(StationId.Trusted(id));
            lock (station.Lock)
            {
                change(station.Probations);
                station.Dirty = true;
            }
        }
    }

    /// <summary>Takes that a model's devices went bad together, or are as usual again, whoever found it out.</summary>
    public void HearOfModel(IFact fact, DateTimeOffset at)
    {
        switch (fact)
        {
            case ModelShifted shifted:
                baselines.UsualOf(shifted.DeviceKind, shifted.Model).Tell(new ModelTrouble(shifted.Signal, shifted.Since, shifted.Devices, 0), at);
                break;
            case ModelRecovered recovered:
                baselines.UsualOf(recovered.DeviceKind, recovered.Model).Tell(null, at);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes what another server found out, from the journal.</summary>
    public async ValueTask HearAsync(IFact fact, DateTimeOffset at, IReadOnlyList<ConditionRow> kit, CancellationToken cancellation)
    {
        if (!database.IsShared)
        {
            return;
        }

        var (region, first) = fact switch
        {
            ConditionChanged changed => (changed.Region, changed.StationId),
            DevicesRegistered registered => (registered.Region, registered.StationId),
            _ => (fact.Region, null),
        };
        var station = first is null ? null : FindOrAdd(StationId.Trusted(first));
        var office = station?.Office ?? _offices.GetOrAdd(RegionCode.Trusted(region), code => new OfficeHealth(code));
        await office.Turn.WaitAsync(cancellation);
        try
        {
            Hear(fact, at, kit, office, station);
        }
        finally
        {
            office.Turn.Release();
        }
    }

    private void Hear(IFact fact, DateTimeOffset at, IReadOnlyList<ConditionRow> kit, OfficeHealth office, StationHealth? station)
    {
        switch (fact)
        {
            case RegionSilenced silenced when at > office.SilenceToldAt:
                office.Tell(new RegionSilence(office.Region, silenced.Since, at, [.. silenced.StationIds.Select(StationId.Trusted)]), at);
                break;
            case RegionHeard heard when at > office.SilenceToldAt:
                office.Tell(null, at);
                var heldWith = office == Country ? _stations.Values : office.Stations.AsEnumerable();
                foreach (var away in heldWith.Where(away => away.IsMine && away.Presence.State == Liveness.Held && heard.Away.Contains(away.Id.Value)))
                {
                    lock (away.Lock)
                    {
                        away.Presence.RestartClock(at, heard.AwayAlone);
                    }
                }

                break;
            case ConditionChanged changed when !station!.IsMine:
                var condition = new Condition(changed.State, at, changed.Evidence, changed.Advice);
                if (changed.DeviceKind == DeviceKey.Of(station.Id).Kind)
                {
                    station.Condition = condition;
                }
                else if (station.Find(changed.DeviceKind, changed.Serial) is { } device)
                {
                    device.Condition = condition;
                }

                break;
            case DevicesRegistered when !station!.IsMine:
                station.Devices = [];
                AddConditions(station, kit.Where(row => !row.Removed));
                break;
            default:
                break;
        }
    }

    private void AddConditions(StationHealth station, IEnumerable<ConditionRow> rows)
    {
        var own = DeviceKey.Of(station.Id);
        var devices = new List<DeviceHealth>(station.Devices);
        foreach (var row in rows)
        {
            if (row.Device == own)
            {
                station.Condition = row.Condition;
            }
            else
            {
                devices.Add(new DeviceHealth(row.Device, row.Model, row.Condition, baselines));
            }
        }

        station.Devices = devices;
    }

    private void Restore(StationHealth station, byte[] checkpoint, DateTimeOffset now)
    {
        if (!station.TryRestore(checkpoint))
        {
            LogUnreadable(logger, station.Id);
            station.Devices = [.. station.Devices.Select(device => new DeviceHealth(device.Key, device.Model, device.Condition, baselines))];
            station.Presence = station.Condition is { } known ? Presence.Anew(StationCondition.LivenessOf(known.State), now) : new Presence();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the detectors of station {Station} had learned cannot be read; they learn anew.")]
    private static partial void LogUnreadable(ILogger logger, StationId station);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is usual of the counters of {Model} cannot be read; it is learned anew.")]
    private static partial void LogUnreadable(ILogger logger, string model);
}
