using Ktp.Health.V1;
using KtpGrpc.Server.Coverage;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>Reads what the redundancy of regencies and cities is told from; nothing of it is kept.</summary>
internal static class RedundancyStore
{
    /// <summary>Every regency and city of a region (a regency itself, a province, the country) that ever had a working kit, those with the most citizens at risk first.</summary>
    public static async ValueTask<List<CityRedundancy>> ListAsync(Tx tx, RegionCode region, DateTimeOffset now)
    {
        var (from, to) = region.Range;
        var offices = await tx.ListAsync(
            "SELECT office FROM incident_offices WHERE office >= $1 AND office < $2 AND most_working >= 1", row => row.GetString(0), from, to);
        var stations = await tx.ListAsync(
            "SELECT station_id, office, working, presumed_dead FROM incident_stations WHERE office >= $1 AND office < $2 AND standing = $3 AND was_heard = 1",
            row => (Id: row.GetString(0), Office: row.GetString(1), Working: row.GetInt64(2) != 0, Dead: row.GetInt64(3) != 0), from, to, StationStanding.Active);
        var sick = (await tx.ListAsync(
            $"""
            SELECT station_id, MAX(state) FROM incident_devices
            WHERE station_id >= $1 AND station_id < $2 AND kind IN ({Kinds(kind => new Health.DeviceKey(kind, "").Records)}) AND state IN (3, 4) GROUP BY station_id
            """,
            row => KeyValuePair.Create(row.GetString(0), (ConditionState)row.GetInt64(1)), from, to)).ToDictionary();
        var printers = (await tx.ListAsync(
            $"SELECT station_id, state FROM incident_devices WHERE station_id >= $1 AND station_id < $2 AND kind IN ({Kinds(kind => kind == DeviceKind.Printer)})",
            row => (Station: row.GetString(0), State: (ConditionState)row.GetInt64(1)), from, to)).ToLookup(printer => printer.Station, printer => printer.State);
        var drained = (await PrinterStore.ListAsync(tx, region, "", int.MaxValue)).Where(printer => printer.IsDrained(now)).Select(printer => printer.Station.Value).ToHashSet();
        var supplies = (await SupplyStore.ListAsync(tx, region, now)).ToDictionary(supply => supply.Office.Value);
        var coverage = await CoverageStore.ListOfficesAsync(tx, region);
        var byOffice = stations.ToLookup(station => station.Office);
        return
        [
            .. offices.Select(office =>
            {
                var figures = coverage.GetValueOrDefault(office);
                var kits = byOffice[office].Where(station => station.Working).Select(station => sick.GetValueOrDefault(station.Id, ConditionState.Healthy)).ToList();
                var all = byOffice[office].SelectMany(station => printers[station.Id]).Count();
                var printing = byOffice[office].Where(station => !station.Dead && !drained.Contains(station.Id))
                    .SelectMany(station => printers[station.Id]).Where(state => state != ConditionState.Failed).ToList();
                return new CityRedundancy(
                    RegionCode.Trusted(office), new Reserve(byOffice[office].Count(), kits, Had: true), Math.Max(0, figures.Obliged - figures.Recorded),
                    new Reserve(all, printing, Had: all > 0), supplies.GetValueOrDefault(office));
            }).OrderBy(city => city.Key, StringComparer.Ordinal),
        ];
    }

    private static string Kinds(Func<DeviceKind, bool> wanted) => string.Join(", ", Enum.GetValues<DeviceKind>().Where(wanted).Select(kind => (int)kind));
}
