using Ktp.Health.V1;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>A scenario with all that its seed decides about breakage: the truth by which the server is judged.</summary>
internal sealed class FleetPlan
{
    private readonly Dictionary<string, PlannedDeath[]> _deaths;
    private readonly (string Region, DateTimeOffset From, DateTimeOffset To)[] _outages;

    public FleetPlan(ScenarioFile file, int seed)
    {
        File = file;
        Seed = seed;
        Calendar = new OfficeCalendar(file.Office, file.UtcOffset, TimeSpan.FromMinutes(file.BeatMinutes));
        StationIds = ScenarioRules.StationIds(file);
        Deaths = [.. file.Faults.Select(fault => PlannedDeath.Draw(file, fault, Calendar, seed)).OrderBy(death => death.DiesAt)];
        _deaths = Deaths.GroupBy(death => death.StationId).ToDictionary(deaths => deaths.Key, deaths => deaths.ToArray());
        _outages = [.. file.UplinkOutages.Select(outage => (outage.Region, outage.From.At(file.UtcOffset), outage.To.At(file.UtcOffset)))];
    }

    public ScenarioFile File { get; }

    public int Seed { get; }

    public OfficeCalendar Calendar { get; }

    public IReadOnlyList<string> StationIds { get; }

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<PlannedDeath> Deaths { get; }

    /// <summary>Midnight of the first day: where the domain clock begins.</summary>
    public DateTimeOffset Start => new LocalMoment(File.Start.ToDateTime(TimeOnly.MinValue)).At(File.UtcOffset);

    /// <summary>Midnight after the last day.</summary>
    public DateTimeOffset End => new LocalMoment(File.End.AddDays(1).ToDateTime(TimeOnly.MinValue)).At(File.UtcOffset);

    public IEnumerable<DateTimeOffset> Beats => Calendar.Beats(File.Start, File.End);

    public DeviceFate FateOf(string stationId, DeviceKind device) =>
        DeathsOf(stationId).FirstOrDefault(death => death.Device == device) is { } death
            ? new DeviceFate(death.WearFrom, death.DiesAt, death.PeakRatio, death.Code)
            : DeviceFate.Well;

    /// <summary>When a station falls silent for ever; null when it does not.</summary>
    public DateTimeOffset? SilentFrom(string stationId) => DeathsOf(stationId).FirstOrDefault(death => death.Device is null)?.DiesAt;

    public bool IsSilent(string stationId, DateTimeOffset now) => now >= SilentFrom(stationId);

    public bool IsUplinkOut(string place, DateTimeOffset now) =>
        _outages.Any(outage => outage.From <= now && now < outage.To && place.StartsWith(outage.Region, StringComparison.Ordinal));

    /// <summary>Whether it could record a citizen: not silent, no capturing device dead.</summary>
    public bool CanRecord(string stationId, DateTimeOffset now) =>
        DeathsOf(stationId).All(death => now < death.DiesAt || (death.Device is { } device && !ScenarioRules.Capture.Contains(device)));

    public int WorkingKits(string region, DateTimeOffset now) =>
        StationIds.Count(id => id.StartsWith(region, StringComparison.Ordinal) && CanRecord(id, now));

    private PlannedDeath[] DeathsOf(string stationId) => _deaths.GetValueOrDefault(stationId, []);
}
