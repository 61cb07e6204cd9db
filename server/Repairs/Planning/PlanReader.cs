using Ktp.Health.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Incidents;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Repairs.Planning;

/// <summary>Reads what a plan needs, from one state of the tables.</summary>
internal static class PlanReader
{
    public static async ValueTask<World> ReadAsync(Tx tx, RegionCode region, double days, DateTimeOffset now)
    {
        var repairs = (await RepairStore.ListAsync(tx, region, openOnly: true, "", int.MaxValue)).ToLookup(repair => repair.Station);
        var supplies = (await SupplyStore.ListAsync(tx, region, now)).ToDictionary(supply => supply.Office);
        var shelves = (await PartStore.ListAsync(tx, region, "", int.MaxValue)).ToLookup(part => part.Office);
        var offices = new List<Office>();
        foreach (var fleet in (await KnownFleet.ListAsync(tx, region)).GroupBy(station => station.Id.Region.Office))
        {
            var office = fleet.Key;
            var figures = await CoverageStore.FindAsync(tx, office);
            var below = await CoverageStore.ListBelowAsync(tx, office);
            var desks = fleet.Select(station => DeskOf(station, [.. repairs[station.Id]], Waiting(below.GetValueOrDefault(station.Id.Region.Value)))).ToList();
            var supply = supplies.GetValueOrDefault(office);
            var printers = desks.Count(desk => desk.Printer is Works.Failing or Works.Well);
            offices.Add(new Office(
                office,
                figures.Obliged > 0 ? Waiting(figures) : null,
                supply is null ? 0 : Math.Min(supply.Backlog, supply.Blanks),
                supply is { PerDay: > 0 } used ? Math.Clamp(used.PerDay / Math.Max(1, printers), Priors.LeastCardsPerDay, Priors.MostCardsPerDay) : Priors.CardsPerPrinterDay,
                await LoanPlaceAsync(tx, office, below, desks),
                desks)
            {
                Shelf = shelves[office].GroupBy(part => part.Kind).ToDictionary(parts => parts.Key, parts => parts.Sum(part => part.Count)),
            });
        }

        return World.Of(offices, days, LocalDay.Of(region, now));
    }

    private static Desk DeskOf(FleetStation station, List<Repair> repairs, long waiting)
    {
        var broken = station.Devices.Where(device => device.State is ConditionState.Failing or ConditionState.Failed).ToList();
        if (station.PresumedDead)
        {
            broken.Add((DeviceKey.Of(station.Id), ConditionState.Failed));
        }

        // Who is on it needs no advice, and what he does counts as done.
        broken.RemoveAll(device => repairs.Exists(repair => repair.Device == device.Device
            && repair.State is RepairState.Assigned or RepairState.OnTheWay or RepairState.AtWork or RepairState.Verifying));
        var faults = broken.Select(device => FaultOf(device.Device, device.State, repairs.Find(repair => repair.Device == device.Device))).ToList();
        var isDead = faults.Exists(fault => fault.Device.Kind == DeviceKind.Station);
        return new Desk(
            station.Id,
            Of(isDead, faults.Where(fault => fault.Device.Records)),
            station.Devices.Any(device => device.Device.Kind == DeviceKind.Printer) ? Of(isDead, faults.Where(fault => fault.Device.Kind == DeviceKind.Printer)) : Works.None,
            waiting,
            faults);
    }

    private static Fault FaultOf(DeviceKey device, ConditionState state, Repair? repair) => repair is null ? new Fault(device, state) : new Fault(
        device, state, repair.Id,
        HasPart: repair.Part.Length > 0 && repair.State != RepairState.WaitingForPart,
        PartExpected: DateOnly.TryParse(repair.PartExpected, out var day) ? day : null);

    private static Works Of(bool isDead, IEnumerable<Fault> faults) =>
        isDead ? Works.Down : faults.Select(fault => fault.State == ConditionState.Failed ? Works.Down : Works.Failing).DefaultIfEmpty(Works.Well).Min();

    /// <summary>The district without a kit that works for which most citizens wait.</summary>
    private static async ValueTask<RegionCode> LoanPlaceAsync(Tx tx, RegionCode office, Dictionary<string, CoverageFigures> below, List<Desk> desks)
    {
        var served = desks.Where(desk => desk.Kit is Works.Failing or Works.Well).Select(desk => desk.Station.Region.Value).ToHashSet();
        var districts = await StationStore.ListRegionsDirectlyBelowAsync(tx, office);
        return RegionCode.Trusted(districts.OrderBy(served.Contains).ThenByDescending(code => Waiting(below.GetValueOrDefault(code))).ThenBy(code => code, StringComparer.Ordinal)
            .FirstOrDefault(office.Value));
    }

    private static long Waiting(CoverageFigures figures) => Math.Max(0, figures.Obliged - figures.Recorded);
}
