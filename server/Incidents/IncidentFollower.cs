using Ktp.Health.V1;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>
/// Follows stations, health, printing and cards, and keeps the incidents in line with what it has heard. Another feature's trouble is a
/// kind in <see cref="Kinds"/> and a case in <see cref="HandleAsync"/> that settles its cause.
/// </summary>
internal sealed class IncidentFollower(Database database, Settling incidents)
{
    public const string Name = "incidents";

    /// <summary>How often it looks whether time alone changes something.</summary>
    public static readonly TimeSpan TimePeriod = TimeSpan.FromSeconds(60);

    public static readonly IReadOnlySet<string> Kinds = new HashSet<string>
    {
        StationJoined.Kind, StandingChanged.Kind, MaintenanceSet.Kind, RegionMaintenanceSet.Kind, StationCloneRefused.Kind,
        DevicesRegistered.Kind, ConditionChanged.Kind, RegionSilenced.Kind, RegionHeard.Kind, ModelShifted.Kind, ModelRecovered.Kind,
        IncidentAcknowledged.Kind, IncidentSilenced.Kind,
    }.Union(CardTroubles.Kinds).ToHashSet();

    /// <summary>Causes that one transaction of the timer looks at.</summary>
    private const int Batch = 200;

    public ValueTask HandleAsync(Tx tx, SealedFact at, IFact news) => news switch
    {
        StationJoined fact => ChangeAsync(tx, fact.StationId, at.At, station => station),
        StandingChanged fact => TakeStandingAsync(tx, fact, at.At),
        StationCloneRefused fact => incidents.SettleAsync(tx, "clone/" + fact.StationId, at.At, new Trouble(
            IncidentKind.StationCloned, fact.Region, fact.StationId, "", $"A second agent shows the certificate of station {fact.StationId}: find out which is the true one, and quarantine the station until then.")),
        MaintenanceSet fact => ChangeAsync(tx, fact.StationId, at.At, station => station with { MaintenanceUntil = fact.Until }),
        RegionMaintenanceSet fact => TakeMaintenanceAsync(tx, fact.Region, fact.Until, at.At),
        DevicesRegistered fact => TakeKitAsync(tx, fact, at.At),
        ConditionChanged { DeviceKind: DeviceKind.Station } fact => ChangeAsync(tx, fact.StationId, at.At, station => station with
        {
            WasHeard = station.WasHeard || fact.State == ConditionState.Healthy,
            PresumedDead = fact.State == ConditionState.Failed,
            Summary = SummaryOf(fact.Evidence),
        }),

        // A device of a silent station is as it was, for all that is known: who failed before still waits for his repair.
        ConditionChanged { State: ConditionState.Unknown } => ValueTask.CompletedTask,
        ConditionChanged fact => TakeDeviceAsync(tx, fact, at.At),
        RegionSilenced fact => incidents.SettleAsync(tx, Settling.SilenceOf(fact.Region), at.At, new Trouble(
            IncidentKind.RegionSilent, fact.Region, "", "", SummaryOf(fact))),
        RegionHeard fact => incidents.SettleAsync(tx, Settling.SilenceOf(fact.Region), at.At, null),
        ModelShifted fact => incidents.SettleAsync(tx, Settling.CauseOfModel(IncidentRules.ModelOf(fact.DeviceKind, fact.Model)), at.At, IncidentRules.OfModel(fact)),
        ModelRecovered fact => incidents.SettleAsync(tx, Settling.CauseOfModel(IncidentRules.ModelOf(fact.DeviceKind, fact.Model)), at.At, null),
        IncidentAcknowledged fact => TakeWordAsync(tx, fact.IncidentId, at.At, news),
        IncidentSilenced fact => TakeWordAsync(tx, fact.IncidentId, at.At, news),
        _ => TakeCardNewsAsync(tx, at.At, news),
    };

    /// <summary>What time alone changes: an acknowledgement or a silence that ran out, a level that was asked for too long, quiet after flapping.</summary>
    public async Task PassTimeAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        List<string> due;
        do
        {
            due = await database.ReadAsync(tx => CauseStore.DueAsync(tx, now, Batch), cancellation);
            if (due.Count > 0)
            {
                await database.WriteAsync(async tx =>
                {
                    await Followers.TakeTurnAsync(tx, Name);
                    await incidents.ResettleAsync(tx, due, now);
                }, cancellation);
            }
        }
        while (due.Count == Batch);
    }

    /// <summary>Maintenance that ran out unasked: what was muted by it speaks now.</summary>
    public async Task EndMaintenanceAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var (stations, regions) = await database.ReadAsync(
            async tx => (await KnownStore.MaintenanceOverAsync(tx, now), await CauseStore.MaintenanceOverAsync(tx, now)), cancellation);
        foreach (var id in stations)
        {
            await database.WriteAsync(async tx =>
            {
                await Followers.TakeTurnAsync(tx, Name);
                await ChangeAsync(tx, id.Value, now, station => station.InMaintenance(now) ? station : station with { MaintenanceUntil = null });
            }, cancellation);
        }

        foreach (var region in regions)
        {
            await database.WriteAsync(async tx =>
            {
                await Followers.TakeTurnAsync(tx, Name);
                if ((await CauseStore.MaintenanceOverAsync(tx, now)).Contains(region))
                {
                    await TakeMaintenanceAsync(tx, region, null, now);
                }
            }, cancellation);
        }
    }

    private async ValueTask TakeMaintenanceAsync(Tx tx, string region, DateTimeOffset? until, DateTimeOffset now)
    {
        await CauseStore.SetMaintenanceAsync(tx, region, until);
        await incidents.ResettleAsync(tx, await CauseStore.EquipmentAsync(tx, RegionCode.Trusted(region)), now);
    }

    /// <summary>What a person said of an incident changes when time is to be looked at, and may end what waited for it.</summary>
    private async ValueTask TakeWordAsync(Tx tx, string incidentId, DateTimeOffset now, IFact news)
    {
        await TakeCardNewsAsync(tx, now, news);
        if (await IncidentStore.FindAsync(tx, incidentId) is { IsOpen: true } incident)
        {
            await incidents.ResettleAsync(tx, incident.Cause, now);
        }
    }

    private async ValueTask TakeCardNewsAsync(Tx tx, DateTimeOffset now, IFact news)
    {
        foreach (var (cause, trouble) in await CardTroubles.OfAsync(tx, news))
        {
            await incidents.SettleAsync(tx, cause, now, trouble);
        }
    }

    private async ValueTask ChangeAsync(Tx tx, string stationId, DateTimeOffset now, Func<KnownStation, KnownStation> change)
    {
        var id = StationId.Trusted(stationId);
        var station = change(await KnownStore.StationAsync(tx, id) ?? new KnownStation(id, StationStanding.Active, null, false, false, ""));
        var devices = await KnownStore.DevicesAsync(tx, id);
        await KnownStore.SaveAsync(tx, station, station.IsWorking(devices));
        await incidents.SettleAsync(tx, Settling.CauseOf(id), now, IsActive(station) ? IncidentRules.OfStation(station) : null);
        foreach (var device in devices)
        {
            await SettleAsync(tx, station, device, now);
        }

        await SettleOfficeAsync(tx, station, now);
    }

    /// <summary>A person who decides on a station's standing has seen that it was cloned.</summary>
    private async ValueTask TakeStandingAsync(Tx tx, StandingChanged fact, DateTimeOffset now)
    {
        await ChangeAsync(tx, fact.StationId, now, station => station with { Standing = fact.Standing });
        await incidents.SettleAsync(tx, "clone/" + fact.StationId, now, null);
    }

    private async ValueTask TakeKitAsync(Tx tx, DevicesRegistered fact, DateTimeOffset now)
    {
        var id = StationId.Trusted(fact.StationId);
        var kit = fact.Devices.Select(device => new DeviceKey(device.Kind, device.Serial)).ToHashSet();
        var renewed = fact.Renewed.Select(device => new DeviceKey(device.Kind, device.Serial)).ToHashSet();
        foreach (var device in await KnownStore.DevicesAsync(tx, id))
        {
            if (!kit.Contains(device.Key) || renewed.Contains(device.Key))
            {
                await KnownStore.ForgetAsync(tx, id, device.Key);
                await incidents.SettleAsync(tx, CauseOf(id, device.Key), now, null);
            }
        }

        await ChangeAsync(tx, fact.StationId, now, station => station);
    }

    private async ValueTask TakeDeviceAsync(Tx tx, ConditionChanged fact, DateTimeOffset now)
    {
        var device = new KnownDevice(new DeviceKey(fact.DeviceKind, fact.Serial), fact.State, SummaryOf(fact.Evidence)) { Model = fact.Model };
        await KnownStore.SaveAsync(tx, StationId.Trusted(fact.StationId), device);
        await ChangeAsync(tx, fact.StationId, now, station => station);
    }

    private async ValueTask SettleAsync(Tx tx, KnownStation station, KnownDevice device, DateTimeOffset now)
    {
        var cause = CauseOf(station.Id, device.Key);
        var before = device.State == ConditionState.Degraded && await CauseStore.FindAsync(tx, cause) is { Now: { } wrong } ? wrong.Kind : IncidentKind.Unspecified;
        await incidents.SettleAsync(tx, cause, now, IsActive(station) ? IncidentRules.OfDevice(station, device, before) : null);
    }

    private async ValueTask SettleOfficeAsync(Tx tx, KnownStation station, DateTimeOffset now)
    {
        var office = await KnownStore.CountAsync(tx, station.Id.Region.Office.Value);
        await incidents.SettleAsync(tx, "kits/" + office.Office, now, IncidentRules.OfOffice(office));
    }

    private static bool IsActive(KnownStation station) => station.Standing == StationStanding.Active;

    private static string CauseOf(StationId station, DeviceKey device) => "device/" + device.In(station);

    private static string SummaryOf(RegionSilenced fact) => fact.Region.Length == 0
        ? $"{fact.StationIds.Count} stations, half of the country, fell silent together: a holiday, or the centre's own link or server. None is blamed."
        : $"{fact.StationIds.Count} stations of {fact.Region} fell silent together: look for their link or their mains, not for their kits.";

    private static string SummaryOf(IReadOnlyList<Health.Evidence> evidence) => evidence.Count > 0 ? evidence[0].Summary : "";
}
