using Ktp.Health.V1;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>
/// What became of every device of every kit: the truth by which the server is judged. Which life comes next in a place follows from the
/// seed, whoever renews it; when it begins is up to those who repair. So two policies meet the same fates.
/// </summary>
internal sealed class Lives
{
    private readonly Dictionary<string, Dictionary<DeviceKind, List<DeviceLife>>> _lives;
    private readonly Func<string, DeviceKind, int, DateTimeOffset, DeviceFate> _draw;

    /// <param name="draw">The fate of the n-th life, from 0, in a place of a station, when it begins at a moment.</param>
    public Lives(ScenarioFile file, IReadOnlyList<string> stationIds, DateTimeOffset start, Func<string, DeviceKind, int, DateTimeOffset, DeviceFate> draw)
    {
        _draw = draw;
        _lives = file.Stations.Zip(stationIds).ToDictionary(desk => desk.Second, desk => desk.First.Kit.Select(device => (device.Kind, device.Serial))
            .Append((DeviceKind.Station, desk.Second))
            .ToDictionary(place => place.Item1, place => new List<DeviceLife> { new(desk.Second, place.Item1, 0, place.Item2, start, draw(desk.Second, place.Item1, 0, start)) }));
    }

    public IEnumerable<DeviceLife> All => _lives.Values.SelectMany(kit => kit.Values).SelectMany(place => place);

    public IEnumerable<DeviceLife> Of(string stationId) => _lives.TryGetValue(stationId, out var kit) ? kit.Values.SelectMany(place => place) : [];

    /// <summary>The present one, or the one at a moment; null for a place that is not there.</summary>
    public DeviceLife? Find(string stationId, DeviceKind kind, DateTimeOffset? at = null) =>
        !_lives.TryGetValue(stationId, out var kit) || !kit.TryGetValue(kind, out var place) ? null
        : at is { } moment ? place.FindLast(life => life.From <= moment) ?? place[0]
        : place[^1];

    /// <summary>Whether a place of the desk that it needs to record is dead.</summary>
    public bool IsDown(string stationId, DateTimeOffset now)
    {
        if (!_lives.TryGetValue(stationId, out var kit))
        {
            return false;
        }

        foreach (var (kind, place) in kit)
        {
            if ((kind == DeviceKind.Station || ScenarioRules.Capture.Contains(kind)) && Find(place, now).IsDead(now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Begins the next life in a place.</summary>
    /// <param name="serial">Null where the device stayed and a part of it was exchanged.</param>
    public DeviceLife Renew(string stationId, DeviceKind kind, DateTimeOffset now, string? serial = null)
    {
        var place = _lives[stationId][kind];
        var old = place[^1];
        ArgumentOutOfRangeException.ThrowIfLessThan(now, old.From);
        place[^1] = old with { RenewedAt = now };
        var next = new DeviceLife(stationId, kind, old.Number + 1, serial ?? old.Serial, now, _draw(stationId, kind, old.Number + 1, now));
        place.Add(next);
        return next;
    }

    private static DeviceLife Find(List<DeviceLife> place, DateTimeOffset now)
    {
        for (var at = place.Count - 1; at > 0; at--)
        {
            if (place[at].From <= now)
            {
                return place[at];
            }
        }

        return place[0];
    }
}
