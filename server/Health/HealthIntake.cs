using Ktp.Health.V1;
using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Health;

/// <summary>
/// What stations say of themselves, as their sessions hand it in. A sample feeds detectors in memory; the database hears
/// of it only where a condition changes.
/// </summary>
internal sealed class HealthIntake(
    HealthMemory memory, StationOwners owners, Baselines baselines, Database database, JournalWriter journal, Probations probations, HealthInstruments instruments)
{
    /// <summary>
    /// Takes the kit as it is now: devices that are not named any more are forgotten, renewed ones begin anew as unknown.
    /// INVALID_ARGUMENT, and nothing is changed, for a list that does not hold.
    /// </summary>
    public async Task HelloAsync(
        StationId id, IReadOnlyList<Device> devices, IReadOnlyList<Device> renewed, DateTimeOffset now, CancellationToken cancellation)
    {
        SampleCheck.Devices(devices, renewed);
        var station = memory.FindOrAdd(id);
        await station.Office.Turn.WaitAsync(cancellation);
        try
        {
            await owners.ClaimAsync(station, now, cancellation);
            var known = station.Devices;
            var kit = devices.Select(device =>
                known.FirstOrDefault(old => old.Key == KeyOf(device) && old.Model == device.Model && !renewed.Contains(device))
                ?? new DeviceHealth(KeyOf(device), device.Model, Condition.Unknown(now), baselines)).ToList();
            if (kit.Count != known.Count || kit.Exists(device => !known.Contains(device)))
            {
                // A device that comes as another model is another device, though it bears the same plate.
                var begun = kit.Where(device => !known.Contains(device) && known.Any(old => old.Key == device.Key));
                var removed = known.Where(old => kit.TrueForAll(device => device.Key != old.Key));
                var fact = new DevicesRegistered(id.Value, id.Region.Value, [.. kit.Select(EntryOf)], [.. begun.Select(EntryOf)], [.. removed.Select(EntryOf)]);
                byte[] checkpoint;
                lock (station.Lock)
                {
                    checkpoint = station.Checkpoint(kit);
                }

                await database.WriteAsync(async tx =>
                {
                    await journal.AcceptAsync(tx, now, ActorOf(id), fact);
                    await CheckpointRows.SaveAsync(tx, owners.Fence, now, (id, checkpoint));
                }, cancellation);
                lock (station.Lock)
                {
                    station.Devices = kit;
                }
            }
        }
        finally
        {
            station.Office.Turn.Release();
        }

        lock (station.Lock)
        {
            foreach (var device in station.Devices)
            {
                device.AwaitSample();
            }

            station.Probations.AwaitSamples();
        }

        await HeardAsync(id, now, cancellation);
        await SettleAsync(station, now, cancellation);
    }

    /// <summary>Takes the samples of a kit that said hello. INVALID_ARGUMENT, and nothing is changed, if one of them does not hold.</summary>
    public ValueTask TakeAsync(StationId id, IReadOnlyList<Sample> samples, DateTimeOffset now, CancellationToken cancellation)
    {
        var station = memory.FindOrAdd(id);
        return station.IsMine ? TakeAsync(station, samples, now, cancellation) : ClaimAndTakeAsync();

        async ValueTask ClaimAndTakeAsync()
        {
            await ClaimAsync(station, now, cancellation);
            await TakeAsync(station, samples, now, cancellation);
        }
    }

    private ValueTask TakeAsync(StationHealth station, IReadOnlyList<Sample> samples, DateTimeOffset now, CancellationToken cancellation)
    {
        var (news, day) = (false, station.DayAt(now));
        lock (station.Lock)
        {
            try
            {
                SampleCheck.Samples(station, samples, now);
            }
            catch (Grpc.Core.RpcException)
            {
                instruments.Refused(samples.Count);
                throw;
            }

            for (var i = 0; i < samples.Count; i++)
            {
                news |= station.Find(samples[i].Device.Kind, samples[i].Device.Serial)!.Take(samples[i], now, day);
                station.Probations.Take(samples[i]);
            }

            station.Presence.Heard(now);
            station.Dirty = true;
            news |= station.Condition is not { State: ConditionState.Healthy } || (!station.Probations.IsEmpty && station.Probations.Decided(station.StateOf).Count > 0);
        }

        instruments.Taken(samples.Count);
        return news ? new ValueTask(SettleAsync(station, now, cancellation)) : ValueTask.CompletedTask;
    }

    /// <summary>Any message of a station is a sign of life; who hears it owns it.</summary>
    public ValueTask HeardAsync(StationId id, DateTimeOffset now, CancellationToken cancellation)
    {
        var station = memory.FindOrAdd(id);
        if (!station.IsMine)
        {
            return ClaimAndHearAsync();
        }

        Hear(station, now);
        return ValueTask.CompletedTask;

        async ValueTask ClaimAndHearAsync()
        {
            await ClaimAsync(station, now, cancellation);
            Hear(station, now);
        }
    }

    /// <summary>What the station keeps until the server has it.</summary>
    public void Keeps(StationId id, WaitingPackets waiting)
    {
        var station = memory.FindOrAdd(id);
        lock (station.Lock)
        {
            station.Waiting = waiting;
        }
    }

    /// <summary>A station's session ended by the station's side: with its farewell, or because the line broke.</summary>
    public void Ended(StationId id, bool farewell)
    {
        var station = memory.FindOrAdd(id);
        lock (station.Lock)
        {
            station.Presence.Ended(farewell);
        }
    }

    private static void Hear(StationHealth station, DateTimeOffset now)
    {
        lock (station.Lock)
        {
            station.Presence.Heard(now, isBeat: false);
            station.Dirty = true;
        }
    }

    /// <summary>A server that was stalled may find, when its open sessions speak again, that another took over.</summary>
    private async Task ClaimAsync(StationHealth station, DateTimeOffset now, CancellationToken cancellation)
    {
        await station.Office.Turn.WaitAsync(cancellation);
        try
        {
            await owners.ClaimAsync(station, now, cancellation);
        }
        finally
        {
            station.Office.Turn.Release();
        }
    }

    /// <summary>Writes down what the detectors say and the database does not have yet.</summary>
    private async Task SettleAsync(StationHealth station, DateTimeOffset now, CancellationToken cancellation)
    {
        await station.Office.Turn.WaitAsync(cancellation);
        try
        {
            List<(DeviceHealth Device, Condition Condition)> devices;
            Condition? own;
            List<(Probation Probation, ProbationVerdict Verdict)> decided;
            byte[] checkpoint;
            lock (station.Lock)
            {
                devices = [.. station.Devices.Where(device => device.IsNews).Select(device => (device, device.Judge(now, station.Id.Region)))];
                own = station.Presence.State == Liveness.Present && station.Condition is not { State: ConditionState.Healthy }
                    ? StationCondition.Of(Liveness.Present, now, 0, now)
                    : null;
                decided = station.Probations.Decided(device =>
                    device == DeviceKey.Of(station.Id) && own is not null ? own.State
                    : devices.Find(change => change.Device.Key == device) is { Condition: { } judged } ? judged.State
                    : station.StateOf(device));
                checkpoint = station.Checkpoint();
            }

            if (devices.Count == 0 && own is null && decided.Count == 0)
            {
                return;
            }

            var written = await database.WriteAsync(async tx =>
            {
                if (!await owners.HoldsAsync(tx, station.Id))
                {
                    return false;
                }

                if (own is not null)
                {
                    await journal.AcceptAsync(tx, now, ActorOf(station.Id), FactOf(station.Id, DeviceKey.Of(station.Id), "", own));
                }

                foreach (var (device, condition) in devices)
                {
                    await journal.AcceptAsync(tx, now, ActorOf(station.Id), FactOf(station.Id, device.Key, device.Model, condition));
                }

                foreach (var (probation, verdict) in decided)
                {
                    await probations.ConcludeAsync(tx, now, ActorOf(station.Id), station.Id, probation, verdict);
                }

                // A crash must not find the condition without what led to it.
                await CheckpointRows.SaveAsync(tx, owners.Fence, now, (station.Id, checkpoint));
                return true;
            }, cancellation);
            if (!written)
            {
                return;
            }

            lock (station.Lock)
            {
                station.Condition = own ?? station.Condition;
                devices.ForEach(change => change.Device.Condition = change.Condition);
                decided.ForEach(end => station.Probations.End(end.Probation.Device, end.Probation.Occasion));
            }
        }
        finally
        {
            station.Office.Turn.Release();
        }
    }

    internal static ConditionChanged FactOf(StationId station, DeviceKey device, string model, Condition condition) => new(
        station.Value, station.Region.Value, device.Kind, device.Serial, model, condition.State, condition.Evidence, condition.Advice);

    private static string ActorOf(StationId station) => "station:" + station;

    private static DeviceKey KeyOf(Device device) => new(device.Kind, device.Serial);

    private static DevicesRegistered.Entry EntryOf(DeviceHealth device) => new(device.Key.Kind, device.Key.Serial, device.Model);
}
