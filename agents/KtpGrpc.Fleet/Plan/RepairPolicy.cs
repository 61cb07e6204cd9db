using Ktp.Health.V1;

namespace KtpGrpc.Fleet.Plan;

/// <summary>
/// The year as it goes without warnings: a kit dies, somebody notices, then a spare is ordered and a technician sent. The same fates and
/// the same people; no server. Nothing is renewed before it is dead.
/// </summary>
internal static class RepairPolicy
{
    /// <summary>Nobody watches: after some days somebody has complained.</summary>
    public static PolicyOutcome OnComplaint(FleetPlan plan) => Outcome(plan, (crew, life) => crew.ComplaintDays(life));

    /// <summary>Somebody watches, who is told of each death at once and foresees none.</summary>
    public static PolicyOutcome AtDeath(FleetPlan plan) => Outcome(plan, (_, _) => 0);

    /// <param name="noticedAfter">Days from a death until a spare is ordered.</param>
    internal static (Lives Lives, Crew Crew) Repair(FleetPlan plan, Func<Crew, DeviceLife, int> noticedAfter)
    {
        var (lives, crew) = (plan.NewLives(), new Crew(plan));
        var spares = new Dictionary<(string StationId, DeviceKind Kind), DateOnly>();
        var underway = new List<(DateOnly There, string StationId, DeviceKind[] Kinds)>();
        for (var day = plan.File.Start; day <= plan.File.End; day = day.AddDays(1))
        {
            if (!plan.Calendar.IsWorkingDay(day))
            {
                continue;
            }

            var morning = plan.Calendar.BeatAt(day, 0);
            foreach (var (_, station, kinds) in underway.Where(trip => trip.There <= day))
            {
                foreach (var kind in kinds)
                {
                    lives.Renew(station, kind, morning);
                    spares.Remove((station, kind));
                }
            }

            underway.RemoveAll(trip => trip.There <= day);
            foreach (var life in plan.StationIds.SelectMany(id => Present(lives, id)).Where(life => life.Fate.DiesAt is { } died && died.AddDays(noticedAfter(crew, life)) <= morning))
            {
                spares.TryAdd((life.StationId, life.Kind), day.AddDays(crew.SpareDays(life)));
            }

            // Whose spare came first is served first; one visit repairs all at a desk whose spare has come.
            foreach (var desk in spares.Where(spare => spare.Value <= day && !underway.Exists(trip => trip.StationId == spare.Key.StationId))
                .OrderBy(spare => spare.Value).ThenBy(spare => spare.Key.StationId, StringComparer.Ordinal).GroupBy(spare => spare.Key.StationId).ToList())
            {
                if (crew.Free(day) is not { } technician)
                {
                    break;
                }

                underway.Add((crew.Send(technician, desk.Key, day), desk.Key, [.. desk.Select(spare => spare.Key.Kind)]));
            }
        }

        return (lives, crew);
    }

    private static PolicyOutcome Outcome(FleetPlan plan, Func<Crew, DeviceLife, int> noticedAfter)
    {
        var (lives, crew) = Repair(plan, noticedAfter);
        return PolicyOutcome.Of(plan, lives, crew.Trips);
    }

    private static IEnumerable<DeviceLife> Present(Lives lives, string stationId) => lives.Of(stationId).Where(life => life.RenewedAt is null);
}
