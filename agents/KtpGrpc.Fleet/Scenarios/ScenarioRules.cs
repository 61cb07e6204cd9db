using System.Text.RegularExpressions;
using Ktp.Destruction.V1;
using Ktp.Health.V1;
using Ktp.Printing.V1;

namespace KtpGrpc.Fleet.Scenarios;

/// <summary>What must be true of a scenario before it is played. Each fault is one sentence.</summary>
internal static partial class ScenarioRules
{
    /// <summary>The devices that record citizens; a station without one of them cannot.</summary>
    public static readonly IReadOnlyList<DeviceKind> Capture = [DeviceKind.Fingerprint, DeviceKind.Iris, DeviceKind.Camera];

    private static readonly IReadOnlyList<DeviceKind> _known = [.. Capture, DeviceKind.Printer, DeviceKind.Host, DeviceKind.Ups];

    public static IEnumerable<string> FaultsOf(ScenarioFile file) =>
    [
        .. Frame(file), .. Regions(file), .. Stations(file), .. file.Faults.SelectMany(fault => Death(file, fault)),
        .. file.UplinkOutages.SelectMany(outage => Outage(file, outage)), .. Cards(file), .. Destruction(file),
        .. ProvinceRules.FaultsOf(file),
    ];

    /// <summary>The ids the server will give, in the order of the file.</summary>
    public static IReadOnlyList<string> StationIds(ScenarioFile file) =>
        [.. file.Stations.Select((station, at) => $"{station.District}-{1 + file.Stations.Take(at).Count(before => before.District == station.District)}")];

    private static IEnumerable<string> Frame(ScenarioFile file)
    {
        if (file.End < file.Start)
        {
            yield return $"end {file.End:yyyy-MM-dd} lies before start {file.Start:yyyy-MM-dd}.";
        }

        if (file.Office.Closes <= file.Office.Opens)
        {
            yield return "office: it closes before it opens.";
        }

        if (file.Office.Days.Count == 0 || file.Office.Days.Distinct().Count() != file.Office.Days.Count)
        {
            yield return "office.days: name each working day once, at least one.";
        }

        if (file.BeatMinutes is < 1 or > 240)
        {
            yield return $"beatMinutes is {file.BeatMinutes}; it must be 1 to 240.";
        }

        if (file.Packets.Share is < 0 or > 1 || file.Packets.LostAnswers is < 0 or > 0.9)
        {
            yield return "packets: share must be 0 to 1, lostAnswers 0 to 0.9.";
        }
    }

    private static IEnumerable<string> Regions(ScenarioFile file)
    {
        var codes = file.Regions.Select(region => region.Code).ToHashSet();
        if (codes.Count != file.Regions.Count)
        {
            yield return "regions: a code stands twice.";
        }

        foreach (var region in file.Regions)
        {
            if (!RegionCode().IsMatch(region.Code))
            {
                yield return $"regions: '{region.Code}' is not a code; write 53, 53.71 or 53.71.04.";
            }
            else if (region.Code.Length > 2 && !codes.Contains(region.Code[..^3]))
            {
                yield return $"regions: '{region.Code}' stands without its parent '{region.Code[..^3]}'.";
            }

            if (region.Code.Length == 8 && (region.Obliged is null || region.RecordedBefore is null))
            {
                yield return $"regions: district '{region.Code}' needs obliged and recordedBefore.";
            }

            if (region.RecordedBefore < 0 || region.RecordedBefore > region.Obliged)
            {
                yield return $"regions: '{region.Code}' has recordedBefore outside 0 to obliged.";
            }
        }

        if (file.City.Length is not (2 or 5) || !codes.Contains(file.City))
        {
            yield return $"city '{file.City}' is not a province, regency or city of regions.";
        }
    }

    private static IEnumerable<string> Stations(ScenarioFile file)
    {
        if (file.Stations.Count == 0)
        {
            yield return "stations: there is none.";
        }

        foreach (var (station, id) in file.Stations.Zip(StationIds(file)))
        {
            if (station.District.Length != 8 || file.Regions.All(region => region.Code != station.District))
            {
                yield return $"station {id}: '{station.District}' is not a district of regions.";
            }

            if (!station.CapturesPerDay.Lies(0, 1000))
            {
                yield return $"station {id}: capturesPerDay must rise within 0 to 1,000.";
            }

            foreach (var kind in Capture.Where(kind => station.Kit.All(device => device.Kind != kind)))
            {
                yield return $"station {id}: the kit has no {kind.ToString().ToLowerInvariant()}.";
            }

            foreach (var device in station.Kit.Where(device => !_known.Contains(device.Kind)))
            {
                yield return $"station {id}: the fleet has no simulated {device.Kind.ToString().ToLowerInvariant()}.";
            }

            if (station.Kit.DistinctBy(device => device.Kind).Count() != station.Kit.Count)
            {
                yield return $"station {id}: a kit has one device of a kind.";
            }
        }

        foreach (var twice in file.Stations.SelectMany(station => station.Kit).GroupBy(device => device.Serial).Where(same => same.Count() > 1))
        {
            yield return $"serial '{twice.Key}' stands on {twice.Count()} devices.";
        }
    }

    private static IEnumerable<string> Death(ScenarioFile file, ScenarioFault fault)
    {
        var at = ScenarioRules.StationIds(file).ToList().IndexOf(fault.Station);
        var name = $"fault of {fault.Station}";
        if (at < 0)
        {
            yield return $"{name}: there is no such station.";
        }
        else if (fault.Device is { } device && file.Stations[at].Kit.All(part => part.Kind != device))
        {
            yield return $"{name}: its kit has no {device.ToString().ToLowerInvariant()}.";
        }

        if (fault.Device is { } kind && !Capture.Contains(kind))
        {
            yield return $"{name}: the fleet breaks fingerprint, iris or camera, or, without device, the whole station; not a {kind.ToString().ToLowerInvariant()}.";
        }

        if (fault.DiesTo.Value < fault.DiesFrom.Value || !IsPlayed(file, fault.DiesFrom) || !IsPlayed(file, fault.DiesTo))
        {
            yield return $"{name}: diesFrom to diesTo must rise within the scenario.";
        }

        if (fault.Cause == FaultCause.Wear)
        {
            if (fault.Device is null || !Capture.Contains(fault.Device.Value) || fault.RampDays is not { } ramp || !ramp.Lies(1, 365)
                || fault.PeakRatio is not { } peak || !peak.Lies(0.1, 0.95))
            {
                yield return $"{name}: wear needs a capturing device, rampDays within 1 to 365 and peakRatio within 0.1 to 0.95.";
            }
            else if (DateOnly.FromDateTime(fault.DiesFrom.Value.AddDays(-ramp.To)) < file.Start)
            {
                yield return $"{name}: the longest ramp begins before the scenario.";
            }
        }
        else if (fault.RampDays is not null || fault.PeakRatio is not null)
        {
            yield return $"{name}: only wear has rampDays and peakRatio.";
        }
    }

    private static IEnumerable<string> Outage(ScenarioFile file, ScenarioOutage outage)
    {
        if (file.Regions.All(region => region.Code != outage.Region))
        {
            yield return $"uplinkOutages: '{outage.Region}' is not in regions.";
        }

        if (outage.To.Value <= outage.From.Value || !IsPlayed(file, outage.From) || !IsPlayed(file, outage.To))
        {
            yield return $"uplinkOutages: {outage.From} to {outage.To} must rise within the scenario.";
        }
    }

    private static IEnumerable<string> Cards(ScenarioFile file)
    {
        foreach (var delivery in file.Blanks.Where(delivery => delivery.Count is < 1 or > 100_000 || !IsPlayed(file, delivery.At)))
        {
            yield return $"blanks: a delivery has 1 to 100,000 and lies within the scenario, not {delivery.Count} at {delivery.At}.";
        }

        if (file.Feed is { } feed)
        {
            if (!feed.Region.StartsWith(file.City, StringComparison.Ordinal) || file.Regions.All(region => region.Code != feed.Region))
            {
                yield return $"feed: '{feed.Region}' is not the city or one of its districts.";
            }

            if (!feed.PerDay.Lies(0, 10_000))
            {
                yield return "feed: perDay must rise within 0 to 10,000.";
            }

            if (feed.Priorities.Count == 0 || feed.Priorities.Any(priority => priority.Key == JobPriority.Unspecified || !(priority.Value > 0)))
            {
                yield return "feed: priorities need a weight above 0 each, at least one.";
            }
        }

        var print = file.Printing;
        if (print.CardsPerBeat is < 1 or > 1000 || new[] { print.FailedPrints, print.FailedEncodes, print.Jams }.Any(share => share is < 0 or > 0.3))
        {
            yield return "printing: cardsPerBeat must be 1 to 1,000, each share of failures 0 to 0.3.";
        }
    }

    private static IEnumerable<string> Destruction(ScenarioFile file)
    {
        if (file.Destruction is not { } planned)
        {
            yield break;
        }

        var at = planned.At.Value;
        if (!IsPlayed(file, planned.At) || !file.Office.Days.Contains(at.DayOfWeek) || TimeOnly.FromDateTime(at) < file.Office.Opens || TimeOnly.FromDateTime(at) >= file.Office.Closes)
        {
            yield return $"destruction: {planned.At} must lie within the scenario, on a working day, while the office is open.";
        }

        if (planned.Method == DestructionMethod.Unspecified || planned.Place.Length is < 1 or > 200)
        {
            yield return "destruction: it needs a method (fire, melting-machine, shredder) and a place of 1 to 200 characters.";
        }
    }

    internal static bool IsPlayed(ScenarioFile file, LocalMoment moment) =>
        DateOnly.FromDateTime(moment.Value) is var day && file.Start <= day && day <= file.End;

    [GeneratedRegex(@"^\d{2}(\.\d{2}(\.\d{2})?)?$")]
    private static partial Regex RegionCode();
}
