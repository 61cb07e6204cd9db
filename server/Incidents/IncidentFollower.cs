using Ktp.Health.V1;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>
/// Follows stations, health, printing and cards, and keeps the incidents in line with what it has heard. Another feature's trouble is a
/// kind in <see cref="Kinds"/>, a case in <see cref="HandleAsync"/> and a call of <see cref="SettleAsync"/>.
/// </summary>
internal sealed class IncidentFollower(Database database, JournalWriter journal)
{
    public const string Name = "incidents";

    public static readonly TimeSpan MaintenancePeriod = TimeSpan.FromSeconds(60);

    public static readonly IReadOnlySet<string> Kinds = new HashSet<string>
    {
        StationJoined.Kind, StandingChanged.Kind, MaintenanceSet.Kind, StationCloneRefused.Kind,
        DevicesRegistered.Kind, ConditionChanged.Kind, RegionSilenced.Kind, RegionHeard.Kind,
    }.Union(CardTroubles.Kinds).ToHashSet();

    public ValueTask HandleAsync(Tx tx, SealedFact at, IFact news) => news switch
    {
        StationJoined fact => ChangeAsync(tx, fact.StationId, at.At, station => station),
        StandingChanged fact => TakeStandingAsync(tx, fact, at.At),
        StationCloneRefused fact => SettleAsync(tx, "clone/" + fact.StationId, at.At, silenced: false, _ => new Trouble(
            IncidentKind.StationCloned, fact.Region, fact.StationId, "", $"A second agent shows the certificate of station {fact.StationId}: find out which is the true one, and quarantine the station until then.")),
        MaintenanceSet fact => ChangeAsync(tx, fact.StationId, at.At, station => station with { MaintenanceUntil = fact.Until }),
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
        RegionSilenced fact => SettleAsync(tx, "silence/" + fact.Region, at.At, silenced: false, _ => new Trouble(
            IncidentKind.RegionSilent, fact.Region, "", "", SummaryOf(fact))),
        RegionHeard fact => SettleAsync(tx, "silence/" + fact.Region, at.At, silenced: false, _ => null),
        _ => TakeCardNewsAsync(tx, at.At, news),
    };

    private async ValueTask TakeCardNewsAsync(Tx tx, DateTimeOffset now, IFact news)
    {
        foreach (var (cause, trouble) in await CardTroubles.OfAsync(tx, news))
        {
            await SettleAsync(tx, cause, now, silenced: false, _ => trouble);
        }
    }

    /// <summary>Maintenance that ran out unasked: what was silenced by it speaks now.</summary>
    public async Task EndMaintenanceAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var over = await database.ReadAsync(tx => KnownStore.MaintenanceOverAsync(tx, now), cancellation);
        foreach (var id in over)
        {
            await database.WriteAsync(async tx =>
            {
                await Followers.TakeTurnAsync(tx, Name);
                await ChangeAsync(tx, id.Value, now, station => station.InMaintenance(now) ? station : station with { MaintenanceUntil = null });
            }, cancellation);
        }
    }

    /// <summary>Brings the incident of one cause in line with its trouble.</summary>
    private async ValueTask SettleAsync(Tx tx, string cause, DateTimeOffset now, bool silenced, Func<Incident?, Trouble?> troubleOf)
    {
        var last = await IncidentStore.LastOfAsync(tx, cause);
        var trouble = troubleOf(last);
        var newId = trouble is null ? "" : await IncidentStore.NewIdAsync(tx, now);
        foreach (var fact in IncidentRules.Decide(cause, last, trouble, silenced, newId, now))
        {
            await journal.AcceptAsync(tx, now, "server", fact);
        }
    }

    private async ValueTask ChangeAsync(Tx tx, string stationId, DateTimeOffset now, Func<KnownStation, KnownStation> change)
    {
        var id = StationId.Trusted(stationId);
        var station = change(await KnownStore.StationAsync(tx, id) ?? new KnownStation(id, StationStanding.Active, null, false, false, ""));
        var devices = await KnownStore.DevicesAsync(tx, id);
        await KnownStore.SaveAsync(tx, station, station.IsWorking(devices));
        await SettleAsync(tx, "station/" + id, now, station.InMaintenance(now), _ => IsActive(station) ? IncidentRules.OfStation(station) : null);
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
        await SettleAsync(tx, "clone/" + fact.StationId, now, silenced: false, _ => null);
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
                await SettleAsync(tx, CauseOf(id, device.Key), now, silenced: false, _ => null);
            }
        }

        await ChangeAsync(tx, fact.StationId, now, station => station);
    }

    private async ValueTask TakeDeviceAsync(Tx tx, ConditionChanged fact, DateTimeOffset now)
    {
        var device = new KnownDevice(new DeviceKey(fact.DeviceKind, fact.Serial), fact.State, SummaryOf(fact.Evidence));
        await KnownStore.SaveAsync(tx, StationId.Trusted(fact.StationId), device);
        await ChangeAsync(tx, fact.StationId, now, station => station);
    }

    private ValueTask SettleAsync(Tx tx, KnownStation station, KnownDevice device, DateTimeOffset now) => SettleAsync(
        tx, CauseOf(station.Id, device.Key), now, station.InMaintenance(now), last => IsActive(station) ? IncidentRules.OfDevice(station, device, last) : null);

    private async ValueTask SettleOfficeAsync(Tx tx, KnownStation station, DateTimeOffset now)
    {
        var office = await KnownStore.CountAsync(tx, station.Id.Region.Office.Value);
        await SettleAsync(tx, "kits/" + office.Office, now, silenced: false, _ => IncidentRules.OfOffice(office));
    }

    private static bool IsActive(KnownStation station) => station.Standing == StationStanding.Active;

    private static string CauseOf(StationId station, DeviceKey device) => "device/" + device.In(station);

    private static string SummaryOf(RegionSilenced fact) => fact.Region.Length == 0
        ? $"{fact.StationIds.Count} stations, half of the country, fell silent together: a holiday, or the centre's own link or server. None is blamed."
        : $"{fact.StationIds.Count} stations of {fact.Region} fell silent together: look for their link or their mains, not for their kits.";

    private static string SummaryOf(IReadOnlyList<Health.Evidence> evidence) => evidence.Count > 0 ? evidence[0].Summary : "";
}
