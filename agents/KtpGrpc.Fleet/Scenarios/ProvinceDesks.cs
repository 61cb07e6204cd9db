using Ktp.Health.V1;

namespace KtpGrpc.Fleet.Scenarios;

/// <summary>
/// Writes the desks of a province out, as if they stood in the file. Of what vintage a kit is follows from its desk alone, not from the
/// seed: a province has one register of kits.
/// </summary>
internal static class ProvinceDesks
{
    public static ScenarioFile Of(ScenarioFile file) => file.Province is not { } province ? file : file with
    {
        Regions = [.. file.Regions, .. province.Regencies.SelectMany(RegionsOf)],
        Stations = [.. file.Stations, .. province.Regencies.SelectMany(regency => Enumerable.Range(1, regency.Desks).Select(desk => StationOf(province, regency, desk)))],
    };

    /// <summary>The vintage of a desk's kit.</summary>
    public static ScenarioVintage VintageOf(ScenarioProvince province, string district)
    {
        var left = Chance.Of(0, "vintage/" + district).NextDouble() * province.Vintages.Sum(vintage => vintage.Share);
        return province.Vintages.FirstOrDefault(vintage => (left -= vintage.Share) < 0) ?? province.Vintages[^1];
    }

    private static IEnumerable<ScenarioRegion> RegionsOf(ScenarioRegency regency)
    {
        yield return new ScenarioRegion { Code = regency.Code, Name = regency.Name };
        for (var desk = 1; desk <= regency.Desks; desk++)
        {
            yield return new ScenarioRegion
            {
                Code = DistrictOf(regency, desk),
                Name = $"{regency.Name} {desk}",
                Obliged = regency.Obliged / regency.Desks,
                RecordedBefore = regency.RecordedBefore / regency.Desks,
            };
        }
    }

    private static ScenarioStation StationOf(ScenarioProvince province, ScenarioRegency regency, int desk)
    {
        var district = DistrictOf(regency, desk);
        var vintage = VintageOf(province, district);
        return new ScenarioStation
        {
            District = district,
            Name = $"Kantor Camat {regency.Name} {desk}",
            CapturesPerDay = province.CapturesPerDay,
            Kit =
            [
                .. vintage.Models.Where(model => desk == 1 || model.Key != DeviceKind.Printer).OrderBy(model => model.Key)
                    .Select(model => new ScenarioDevice { Kind = model.Key, Model = model.Value, Serial = SerialOf(model.Key, district) }),
            ],
        };
    }

    private static string SerialOf(DeviceKind kind, string district) => $"{kind.ToString()[..2].ToUpperInvariant()}-{district.Replace(".", "", StringComparison.Ordinal)}";

    private static string DistrictOf(ScenarioRegency regency, int desk) => $"{regency.Code}.{desk:D2}";
}
