using System.Diagnostics.Metrics;
using Ktp.Incidents.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Incidents;

/// <summary>
/// What is left before nobody is recorded, by province: a figure for each of 514 regencies would be a quarter of what the page may have
/// each time. Read from the tables at intervals, so that a scrape asks no database and every server shows the same.
/// </summary>
internal sealed class RedundancyInstruments
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private static readonly RedundancyLevel[] _levels = [RedundancyLevel.Spare, RedundancyLevel.OneLeft, RedundancyLevel.NoneLeft];

    private readonly Database _database;
    private IReadOnlyList<(string Province, List<CityRedundancy> Cities)> _provinces = [];

    public RedundancyInstruments(IMeterFactory meters, Database database)
    {
        _database = database;
        var meter = meters.Create("ktp.redundancy");
        meter.CreateObservableGauge("ktp.redundancy.offices", () => Provinces.SelectMany(province => _levels.Select(level => new Measurement<long>(
            province.Cities.Count(city => city.Kits.Level == level), new("region", province.Province), new("level", Label(level))))),
            "{office}", "Regencies and cities by what is left that can record, by province.");
        meter.CreateObservableGauge("ktp.redundancy.worst_risk", () => Measure(cities => cities
            .Where(city => city.Kits.Level != RedundancyLevel.NoneLeft).Select(city => city.Kits.Risk).DefaultIfEmpty().Max()),
            "1", "The highest chance of any regency or city of a province that can still record that nothing of it can within 30 days.");
        meter.CreateObservableGauge("ktp.redundancy.citizens_at_risk", () => Measure(cities => (double)cities.Sum(city => city.AtRisk)),
            "{citizen}", "Citizens who wait behind one kit or none, and a share of the others by the risk, by province.");
        meter.CreateObservableGauge("ktp.redundancy.printers_short", () => Measure(cities => (double)cities.Count(city => city.Printers.Level is RedundancyLevel.OneLeft or RedundancyLevel.NoneLeft)),
            "{office}", "Regencies and cities with one working printer or none, by province.");
    }

    private IReadOnlyList<(string Province, List<CityRedundancy> Cities)> Provinces => Volatile.Read(ref _provinces);

    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var cities = await _database.ReadAsync(tx => RedundancyStore.ListAsync(tx, RegionCode.Country, now), cancellation);
        Volatile.Write(ref _provinces, [.. cities.GroupBy(city => city.Office.Parent.Value).OrderBy(province => province.Key, StringComparer.Ordinal)
            .Select(province => (province.Key, province.ToList()))]);
    }

    private IEnumerable<Measurement<double>> Measure(Func<List<CityRedundancy>, double> value) =>
        Provinces.Select(province => new Measurement<double>(value(province.Cities), new KeyValuePair<string, object?>("region", province.Province)));

    private static string Label(RedundancyLevel level) => level switch
    {
        RedundancyLevel.NoneLeft => "none_left",
        RedundancyLevel.OneLeft => "one_left",
        _ => "spare",
    };
}
