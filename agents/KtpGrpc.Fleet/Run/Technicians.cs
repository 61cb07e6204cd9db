using System.Text.Json;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Fleet.Plan;

namespace KtpGrpc.Fleet.Run;

/// <summary>A technician on his way to a desk, or at work there.</summary>
internal sealed record Trip(int Technician, string StationId, DateOnly There, IReadOnlyList<Repair> Repairs);

/// <summary>
/// The province's dispatcher and technicians, who know what the server tells them: each morning its incidents become work orders with a
/// spare, those whose spare has come are taken in the order that it suggests, and who has arrived renews what he finds sick.
/// </summary>
internal sealed class Technicians(FleetPlan plan, RepairCalls calls, IReadOnlyList<FleetStation> stations)
{
    /// <summary>Nobody rides for days to a device that has been well again for so long.</summary>
    private const int WellForDays = 3;

    private readonly Dictionary<string, FleetStation> _stations = stations.ToDictionary(station => station.Id);
    private readonly Dictionary<string, DateOnly> _spares = [];
    private readonly Dictionary<string, DateOnly> _wellSince = [];
    private readonly List<Trip> _underway = [];
    private readonly Crew _crew = new(plan);
    private DateOnly _workedOn = DateOnly.MinValue;

    public int Trips => _crew.Trips;

    /// <summary>Devices and desks that were renewed.</summary>
    public int Repaired { get; private set; }

    /// <summary>Visits on which everything was found well.</summary>
    public int TripsForNothing { get; private set; }

    public IReadOnlyList<Trip> Underway => _underway;

    public async Task WorkAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var day = plan.Calendar.DayOf(now);
        if (day == _workedOn)
        {
            return;
        }

        _workedOn = day;
        foreach (var trip in _underway.Where(trip => trip.There <= day).ToList())
        {
            await RepairAsync(trip, now, cancellation);
            _underway.Remove(trip);
        }

        var known = await calls.OpenOnesAsync(cancellation);
        var incidents = await calls.IncidentsAsync(cancellation);
        await CancelAsync(known, incidents, day, cancellation);
        foreach (var incident in incidents.Where(incident => IsForUs(incident, now) && !known.Exists(repair => IsAbout(incident, repair)))
            .OrderBy(incident => incident.StationId, StringComparer.Ordinal).ThenBy(incident => incident.Device, StringComparer.Ordinal).ToList())
        {
            known.Add(await calls.OpenAsync(incident, day, cancellation));
        }

        var ready = new List<Repair>();
        foreach (var repair in known)
        {
            if (await IsReadyAsync(repair, day, cancellation))
            {
                ready.Add(repair);
            }
        }

        await SendAsync(ready, day, cancellation);
    }

    /// <summary>
    /// What a technician can help: not what a wider cause explains, and not a desk that answers the telephone: that one has lost its line.
    /// </summary>
    private bool IsForUs(Incident incident, DateTimeOffset now) => incident.SuppressedBy.Length == 0 && incident.Kind switch
    {
        IncidentKind.DeviceFailing or IncidentKind.DeviceFailed => true,
        IncidentKind.StationSilent => plan.IsSilent(incident.StationId, now),
        _ => false,
    };

    /// <summary>What is well again, or explained by a bad lot of its model. One under the silence of its desk, its office or the country is as it was.</summary>
    private async Task CancelAsync(List<Repair> known, IReadOnlyList<Incident> incidents, DateOnly day, CancellationToken cancellation)
    {
        var models = incidents.Where(incident => incident.Kind == IncidentKind.ModelShifted).Select(incident => incident.IncidentId).ToHashSet();
        foreach (var repair in known.Where(repair => repair.State is RepairState.Open or RepairState.WaitingForPart or RepairState.Escalated).ToList())
        {
            if (incidents.Any(incident => !models.Contains(incident.SuppressedBy) && IsAbout(incident, repair)))
            {
                _wellSince.Remove(repair.RepairId);
            }
            else if (day >= (_wellSince.TryGetValue(repair.RepairId, out var since) ? since : _wellSince[repair.RepairId] = day).AddDays(WellForDays))
            {
                await calls.CancelAsync(repair, day, cancellation);
                known.Remove(repair);
            }
        }
    }

    /// <summary>Sees to the spare; true when it has come and somebody can be sent.</summary>
    private async Task<bool> IsReadyAsync(Repair repair, DateOnly day, CancellationToken cancellation)
    {
        var state = repair.State;
        if (state == RepairState.Open && repair.Part.Length == 0)
        {
            var due = _spares[repair.RepairId] = day.AddDays(_crew.SpareDays(LifeOf(repair)));
            state = (await calls.OrderSpareAsync(repair, day, due, cancellation)).State;
        }

        if (_spares.GetValueOrDefault(repair.RepairId) > day)
        {
            return false;
        }

        state = state == RepairState.WaitingForPart ? (await calls.ReceiveSpareAsync(repair, day, cancellation)).State : state;
        return state is RepairState.Open or RepairState.Escalated;
    }

    /// <summary>As the server ranks the desks; those that it ranks nowhere come last, the oldest first.</summary>
    private async Task SendAsync(List<Repair> ready, DateOnly day, CancellationToken cancellation)
    {
        var free = _crew.AllFree(day).ToList();
        if (ready.Count == 0 || free.Count == 0)
        {
            return;
        }

        var ranks = await calls.RanksAsync(free, cancellation);
        foreach (var (desk, technician) in ready.GroupBy(repair => repair.StationId)
            .OrderBy(desk => ranks.GetValueOrDefault(desk.Key, int.MaxValue)).ThenBy(desk => desk.Min(repair => repair.OpenedAt.ToDateTimeOffset()))
            .ThenBy(desk => desk.Key, StringComparer.Ordinal).Zip(free))
        {
            foreach (var repair in desk)
            {
                await calls.SendAsync(repair, technician, day, cancellation);
            }

            _underway.Add(new Trip(technician, desk.Key, _crew.Send(technician, desk.Key, day), [.. desk]));
        }
    }

    private async Task RepairAsync(Trip trip, DateTimeOffset now, CancellationToken cancellation)
    {
        var found = false;
        foreach (var repair in trip.Repairs)
        {
            var life = LifeOf(repair);
            var (done, serial) = WorkOn(life, now);
            await calls.FinishAsync(repair, trip.Technician, trip.There, done, serial ?? "", cancellation);
            found |= done != WorkDone.NothingFound;
            if (done is WorkDone.PartExchanged or WorkDone.DeviceExchanged)
            {
                Repaired++;
                await _stations[trip.StationId].RenewAsync(plan.Lives.Renew(life.StationId, life.Kind, now, serial));
            }
            else if (done == WorkDone.Adjusted)
            {
                await _stations[trip.StationId].ChangeRibbonsAsync();
            }
        }

        TripsForNothing += found ? 0 : 1;
    }

    /// <summary>He sees what is true. Half of the sick devices are exchanged, the others get a part; both live on as new ones.</summary>
    private (WorkDone Done, string? NewSerial) WorkOn(DeviceLife life, DateTimeOffset now) => life.Kind switch
    {
        DeviceKind.Printer => (plan.Ribbons.IsIn(life.StationId, now) ? WorkDone.Adjusted : WorkDone.NothingFound, null),
        _ when !life.Fate.IsSick(now) => (WorkDone.NothingFound, null),
        DeviceKind.Station => (WorkDone.PartExchanged, null),
        _ when Chance.Of(plan.Seed, $"exchange/{life.StationId}/{life.Kind}", life.Number).Happens(0.5) => (WorkDone.DeviceExchanged, $"{life.Serial.Split('.')[0]}.{life.Number + 1}"),
        _ => (WorkDone.PartExchanged, null),
    };

    private static bool IsAbout(Incident incident, Repair repair) =>
        incident.StationId == repair.StationId && (incident.Device.Length > 0 ? incident.Device : $"station/{incident.StationId}") == repair.Device;

    private DeviceLife LifeOf(Repair repair)
    {
        var kind = repair.Device[..repair.Device.IndexOf('/', StringComparison.Ordinal)];
        return plan.Lives.Of(repair.StationId).Last(life => kind == JsonNamingPolicy.KebabCaseLower.ConvertName(life.Kind.ToString()));
    }
}
