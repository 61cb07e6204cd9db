using System.Collections.Concurrent;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>When a station reaches the server: written outages, storms, and lines that go by themselves or lose a beat.</summary>
internal sealed class Lines
{
    private const double DaysInAYear = 365.25;

    /// <summary>Of a storm's beats in which the uplink comes and goes, the share that gets lost.</summary>
    private const double LostInAStorm = 0.5;

    private readonly (string Region, DateTimeOffset From, DateTimeOffset To)[] _written;
    private readonly ConcurrentDictionary<string, Line> _lines = new();
    private readonly IReadOnlyList<Storm> _storms;
    private readonly ScenarioLinks? _links;
    private readonly (DateTimeOffset From, DateTimeOffset To) _played;
    private readonly int _seed;

    public Lines(ScenarioFile file, IReadOnlyList<Storm> storms, int seed, DateTimeOffset start, DateTimeOffset end)
    {
        _written = [.. file.UplinkOutages.Select(outage => (outage.Region, outage.From.At(file.UtcOffset), outage.To.At(file.UtcOffset)))];
        (_storms, _links, _seed, _played) = (storms, file.Province?.Links, seed, (start, end));
    }

    public bool IsOut(string stationId, DateTimeOffset now)
    {
        var line = _lines.GetOrAdd(stationId, LineOf);
        return Array.Exists(line.Out, outage => outage.From <= now && now < outage.To)
            || (line.Lost > 0 && Chance.Of(_seed, stationId + "/lost-beats", now.ToUnixTimeSeconds()).Happens(line.Lost))
            || (Array.Exists(line.Flapping, storm => storm.From <= now && now < storm.To)
                && Chance.Of(_seed, stationId + "/flapping", now.ToUnixTimeSeconds()).Happens(LostInAStorm));
    }

    private Line LineOf(string stationId)
    {
        var storms = _storms.Where(storm => stationId.StartsWith(storm.Region, StringComparison.Ordinal)).ToLookup(storm => storm.IsOut, storm => (storm.From, storm.To));
        return new Line(
            [
                .. _written.Where(outage => stationId.StartsWith(outage.Region, StringComparison.Ordinal)).Select(outage => (outage.From, outage.To)),
                .. storms[true], .. OutagesOf(stationId),
            ],
            [.. storms[false]],
            _links is null ? 0 : LostOf(stationId, _links));
    }

    private double LostOf(string stationId, ScenarioLinks links)
    {
        var chance = Chance.Of(_seed, stationId + "/line");
        return links.LostBeats.Draw(ref chance);
    }

    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> OutagesOf(string stationId)
    {
        if (_links is not { OutagesPerDeskYear: > 0 } links)
        {
            yield break;
        }

        var chance = Chance.Of(_seed, stationId + "/outages");
        for (var at = _played.From; ;)
        {
            at = at.AddDays(-Math.Log(1 - chance.NextDouble()) / links.OutagesPerDeskYear * DaysInAYear);
            if (at >= _played.To)
            {
                yield break;
            }

            yield return (at, at.AddHours(links.Hours.Draw(ref chance)));
        }
    }

    private sealed record Line((DateTimeOffset From, DateTimeOffset To)[] Out, (DateTimeOffset From, DateTimeOffset To)[] Flapping, double Lost);
}
