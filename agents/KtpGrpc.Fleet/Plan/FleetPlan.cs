using Ktp.Health.V1;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>A scenario with all that its seed decides about breakage: the truth by which the server is judged.</summary>
internal sealed class FleetPlan
{
    private readonly Func<string, DeviceKind, int, DateTimeOffset, DeviceFate> _draw;
    private readonly Lines _lines;

    public FleetPlan(ScenarioFile file, int seed)
    {
        File = file;
        Seed = seed;
        Calendar = new OfficeCalendar(file.Office, file.UtcOffset, TimeSpan.FromMinutes(file.BeatMinutes), file.Holidays);
        StationIds = ScenarioRules.StationIds(file);
        Offices = [.. file.Stations.Select(station => station.District[..5]).Distinct().Order(StringComparer.Ordinal)];
        Deaths = [.. file.Faults.Select(fault => PlannedDeath.Draw(file, fault, Calendar, seed)).OrderBy(death => death.DiesAt)];
        Storms = Plan.Mishaps.Storms(file, seed, Start, End);
        Mishaps = Plan.Mishaps.Of(file, StationIds, Storms, seed, Start, End);
        Bouts = new Bouts(file.Province?.Bouts, seed, Start, End);
        Ribbons = new RibbonLot(file, StationIds, seed);
        _lines = new Lines(file, Storms, seed, Start, End);
        _draw = file.Province is null ? Written : new Ageing(file, StationIds, Mishaps, Calendar, seed).Draw;
        Lives = NewLives();
    }

    public ScenarioFile File { get; }

    public int Seed { get; }

    public OfficeCalendar Calendar { get; }

    public IReadOnlyList<string> StationIds { get; }

    /// <summary>Regencies and cities with a desk: each keeps its own blanks.</summary>
    public IReadOnlyList<string> Offices { get; }

    /// <summary>Those that the file writes down, in the order of time.</summary>
    public IReadOnlyList<PlannedDeath> Deaths { get; }

    public IReadOnlyList<Storm> Storms { get; }

    public IReadOnlyList<Mishap> Mishaps { get; }

    public Bouts Bouts { get; }

    public RibbonLot Ribbons { get; }

    /// <summary>What became of the devices in this run.</summary>
    public Lives Lives { get; }

    /// <summary>Midnight of the first day: where the domain clock begins.</summary>
    public DateTimeOffset Start => new LocalMoment(File.Start.ToDateTime(TimeOnly.MinValue)).At(File.UtcOffset);

    /// <summary>Midnight after the last day.</summary>
    public DateTimeOffset End => new LocalMoment(File.End.AddDays(1).ToDateTime(TimeOnly.MinValue)).At(File.UtcOffset);

    public IEnumerable<DateTimeOffset> Beats => Calendar.Beats(File.Start, File.End);

    /// <summary>The same fates from the beginning, as somebody else who repairs meets them.</summary>
    public Lives NewLives() => new(File, StationIds, Start, _draw);

    public DeviceFate FateOf(string stationId, DeviceKind device) => Lives.Find(stationId, device)?.Fate ?? DeviceFate.Well;

    public bool IsSilent(string stationId, DateTimeOffset now) => Lives.Find(stationId, DeviceKind.Station, now)?.IsDead(now) ?? false;

    public bool IsUplinkOut(string stationId, DateTimeOffset now) => _lines.IsOut(stationId, now);

    /// <summary>Whether it could record a citizen: not silent, no capturing device dead.</summary>
    public bool CanRecord(string stationId, DateTimeOffset now) => !Lives.IsDown(stationId, now);

    public int WorkingKits(string region, DateTimeOffset now) =>
        StationIds.Count(id => id.StartsWith(region, StringComparison.Ordinal) && CanRecord(id, now));

    /// <summary>A written fault ends the first life; nobody renews anything in a scenario of written faults.</summary>
    private DeviceFate Written(string stationId, DeviceKind kind, int number, DateTimeOffset begins) =>
        Deaths.FirstOrDefault(death => number == 0 && death.StationId == stationId && (death.Device ?? DeviceKind.Station) == kind) is { } death
            ? new DeviceFate(death.WearFrom, death.DiesAt, death.PeakRatio, death.Code) { Cause = death.Cause }
            : DeviceFate.Well;
}
