using KtpGrpc.Server.Health.Detectors;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using Judge = KtpGrpc.Server.Health.Detectors.Silence;
using State = KtpGrpc.Server.Health.Detectors.Liveness;

namespace KtpGrpc.Detection.Silence;

/// <summary>A notice on one station, until it is heard again.</summary>
internal sealed record Notice(StationId Station, DateTimeOffset At);

/// <summary>
/// All stations of a replay, judged as the server's watch does: the country first, then each office that has somebody quiet, then
/// what follows for each presence.
/// </summary>
internal sealed class Country
{
    private readonly Dictionary<StationId, Presence> _stations = [];
    private readonly SortedDictionary<string, Office> _offices = new(StringComparer.Ordinal);
    private RegionSilence? _silence;

    public List<Notice> Notices { get; } = [];

    /// <summary>When a region was told to be silent, or more of it; the empty code is the country.</summary>
    public List<(string Region, DateTimeOffset At)> Groups { get; } = [];

    public void Hear(StationId id, DateTimeOffset now)
    {
        if (!_stations.TryGetValue(id, out var presence))
        {
            _stations[id] = presence = new Presence();
            var region = id.Region.Office;
            if (!_offices.TryGetValue(region.Value, out var office))
            {
                _offices[region.Value] = office = new Office(region);
            }

            office.Stations.Add(id);
        }

        presence.Heard(now);
    }

    /// <summary>A station that is known to be gone for good is judged no more.</summary>
    public void Forget(StationId id)
    {
        if (_stations.Remove(id))
        {
            _offices[id.Region.Office.Value].Stations.Remove(id);
        }
    }

    public void Look(DateTimeOffset now)
    {
        var seen = _stations.ToDictionary(station => station.Key, station => StationSilence.Of(station.Key, station.Value, now));
        var country = NationalSilence.Judge(_silence, [.. seen.Values], now);
        if (country.Silence is not null && _silence is null)
        {
            Groups.Add(("", now));
        }

        _silence = country.Silence;
        foreach (var id in country.Away)
        {
            _stations[id].RestartClock(now);
            seen[id] = StationSilence.Of(id, _stations[id], now);
        }

        foreach (var office in _offices.Values)
        {
            if (office.Silence is not null || office.Stations.Exists(id => seen[id].Expected >= Judge.LateAt))
            {
                Look(office, country, [.. office.Stations.Select(id => seen[id])], now);
            }
        }
    }

    private void Look(Office office, CountryVerdict country, List<StationSilence> seen, DateTimeOffset now)
    {
        var verdict = Judge.Judge(office.Region, office.Silence, country, seen, now);
        if (verdict.Silence is { } told && told.DeclaredAt != office.Silence?.DeclaredAt)
        {
            Groups.Add((office.Region.Value, now));
        }

        office.Silence = verdict.Silence;
        foreach (var station in seen)
        {
            if (verdict.Stations[station.Id] == State.PresumedDead && station.State != State.PresumedDead)
            {
                Notices.Add(new Notice(station.Id, now));
            }

            verdict.Conclude(_stations[station.Id], station, now);
        }
    }

    private sealed class Office(RegionCode region)
    {
        public RegionCode Region { get; } = region;

        public List<StationId> Stations { get; } = [];

        public RegionSilence? Silence { get; set; }
    }
}
