namespace KtpGrpc.Fleet.Plan;

/// <summary>What a year came to under one policy of repair; the same account for all.</summary>
/// <param name="DeskDaysLost">Working days on which a desk could not record, in parts of its beats.</param>
/// <param name="CitizensSentHome">Citizens who came to a desk that could not record.</param>
/// <param name="Trips">Visits of a technician to a desk.</param>
/// <param name="DarkRegencyDays">Working days on which no desk of a regency could record, in parts of its beats.</param>
/// <param name="LastKitRegencyDays">Those, and the days on which one desk could: when it fails, nobody is recorded.</param>
/// <param name="Deaths">Devices and desks that died before anybody renewed them.</param>
internal sealed record PolicyOutcome(double DeskDaysLost, long CitizensSentHome, int Trips, double DarkRegencyDays, double LastKitRegencyDays, int Deaths)
{
    public static PolicyOutcome Of(FleetPlan plan, Lives lives, int trips)
    {
        var (lost, sentHome, dark, last) = (0L, 0L, 0L, 0L);
        var desks = plan.File.Stations.Zip(plan.StationIds).Select(desk => (Id: desk.Second, Visits: new Visits(plan, desk.First, desk.Second))).ToList();
        var offices = desks.GroupBy(desk => desk.Id[..5]).Select(office => office.ToList()).ToList();
        foreach (var now in plan.Beats)
        {
            foreach (var office in offices)
            {
                var down = office.FindAll(desk => lives.IsDown(desk.Id, now));
                lost += down.Count;
                sentHome += down.Sum(desk => (long)desk.Visits.ComeAt(now));
                dark += down.Count == office.Count ? 1 : 0;
                last += down.Count >= office.Count - 1 ? 1 : 0;
            }
        }

        double beats = plan.Calendar.BeatsPerDay;
        return new PolicyOutcome(
            Math.Round(lost / beats, 1), sentHome, trips, Math.Round(dark / beats, 1), Math.Round(last / beats, 1), lives.All.Count(life => life.DiedAt < plan.End));
    }
}
