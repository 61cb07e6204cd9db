using Ktp.Health.V1;

namespace KtpGrpc.Fleet.Scenarios;

/// <summary>What must be true of a province's rules and of the holidays. Each fault is one sentence.</summary>
internal static class ProvinceRules
{
    private const int MostDesks = 99;

    public static IEnumerable<string> FaultsOf(ScenarioFile file)
    {
        foreach (var day in file.Holidays.Where(day => day < file.Start || day > file.End))
        {
            yield return $"holidays: {day:yyyy-MM-dd} lies outside of the scenario.";
        }

        if (file.Province is not { } province)
        {
            yield break;
        }

        foreach (var fault in Desks(file, province).Concat(Fates(file, province)).Concat(Repairs(province.Repairs)))
        {
            yield return "province." + fault;
        }
    }

    private static IEnumerable<string> Desks(ScenarioFile file, ScenarioProvince province)
    {
        if (file.Faults.Count > 0)
        {
            yield return "faults: a province draws what breaks, and takes no written faults.";
        }

        foreach (var regency in province.Regencies)
        {
            if (regency.Code.Length != 5 || !regency.Code.StartsWith(file.City, StringComparison.Ordinal) || regency.Desks is < 1 or > MostDesks)
            {
                yield return $"regencies: '{regency.Code}' must be a regency or city of {file.City} with 1 to {MostDesks} desks.";
            }
        }

        foreach (var vintage in province.Vintages)
        {
            if (vintage.Year > file.Start.Year || !(vintage.Share > 0) || ScenarioRules.Capture.Any(kind => !vintage.Models.ContainsKey(kind)))
            {
                yield return $"vintages: that of {vintage.Year} must not be younger than the scenario, and needs a share above 0 and a model of each capturing device.";
            }
        }

        if (province.Vintages.Count == 0)
        {
            yield return "vintages: there is none.";
        }

        if (!province.CapturesPerDay.Lies(0, 1000))
        {
            yield return "capturesPerDay must rise within 0 to 1,000.";
        }
    }

    private static IEnumerable<string> Fates(ScenarioFile file, ScenarioProvince province)
    {
        var ageing = province.Ageing;
        if (!(ageing.Shape is > 0 and <= 10) || !(ageing.ScaleYears is > 0 and <= 100) || !ageing.RampDays.Lies(1, 365)
            || !ageing.PeakRatio.Lies(0.1, 0.95) || !ageing.UsualRatio.Lies(0, 0.09)
            || !(ageing.SuddenShare is >= 0 and <= 1))
        {
            yield return "ageing: shape must be above 0 and at most 10, scaleYears at most 100, suddenShare 0 to 1, rampDays within 1 to 365, peakRatio within 0.1 to 0.95, usualRatio below 0.1.";
        }

        if (province.Bouts is { } bouts && (!(bouts.PerDeviceYear is >= 0 and <= 50) || !bouts.Days.Lies(0, 60) || !bouts.FailedShare.Lies(0, 0.9)))
        {
            yield return "bouts: perDeviceYear must be 0 to 50, days within 0 to 60, failedShare within 0 to 0.9.";
        }

        foreach (var mishap in province.Mishaps.Where(mishap => mishap.Cause == FaultCause.Wear || !(mishap.PerDeskYear is >= 0 and <= 12)))
        {
            yield return $"mishaps: {mishap.Cause} must not be wear, and perDeskYear 0 to 12.";
        }

        if (province.Storms is { } storms && (!(storms.PerRegencyYear is >= 0 and <= 50) || storms.Months.Count == 0 || storms.Months.Any(month => month is < 1 or > 12)
            || !storms.Hours.Lies(0, 240) || !(storms.OutShare is >= 0 and <= 1) || !(storms.Strikes is >= 0 and <= 1)))
        {
            yield return "storms: perRegencyYear must be 0 to 50, months 1 to 12, hours within 0 to 240, outShare and strikes 0 to 1.";
        }

        if (province.Links is { } links && (!(links.OutagesPerDeskYear is >= 0 and <= 100) || !links.Hours.Lies(0, 240) || !links.LostBeats.Lies(0, 0.5)))
        {
            yield return "links: outagesPerDeskYear must be 0 to 100, hours within 0 to 240, lostBeats within 0 to 0.5.";
        }

        if (province.RibbonBatch is { } batch)
        {
            if (batch.From < file.Start || batch.To > file.End || batch.To < batch.From || !(batch.Share is > 0 and <= 1) || !(batch.FailedPrints is >= 0 and <= 0.9))
            {
                yield return "ribbonBatch: from and to must rise within the scenario, share above 0 to 1, failedPrints 0 to 0.9.";
            }

            if (province.Vintages.All(vintage => vintage.Models.GetValueOrDefault(DeviceKind.Printer) != batch.Model))
            {
                yield return $"ribbonBatch: no vintage has a printer of model '{batch.Model}'.";
            }
        }
    }

    private static IEnumerable<string> Repairs(ScenarioRepairs repairs)
    {
        if (repairs.Technicians is < 1 or > 20 || !repairs.RoadDays.Lies(0, 30) || !repairs.SpareDays.Lies(0, 365) || !repairs.ComplaintDays.Lies(0, 365))
        {
            yield return "repairs: technicians must be 1 to 20, roadDays within 0 to 30, spareDays and complaintDays within 0 to 365.";
        }
    }
}
