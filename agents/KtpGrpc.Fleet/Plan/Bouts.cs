using System.Collections.Concurrent;
using Ktp.Health.V1;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet.Plan;

/// <summary>
/// Days on which many captures fail though the device is well: a dirty glass, the sun in the lens, hands from the harvest. Whoever sends a
/// technician for one is wrong.
/// </summary>
internal sealed class Bouts(ScenarioBouts? bouts, int seed, DateTimeOffset start, DateTimeOffset end)
{
    private const double DaysInAYear = 365.25;

    private readonly ConcurrentDictionary<(string StationId, DeviceKind Kind), Bout[]> _bouts = new();

    /// <summary>The share of captures that fails for it; 0 where there is none.</summary>
    public double FailedShare(string stationId, DeviceKind kind, DateTimeOffset now)
    {
        if (bouts is null)
        {
            return 0;
        }

        foreach (var bout in _bouts.GetOrAdd((stationId, kind), place => [.. Draw(bouts, place.StationId, place.Kind)]))
        {
            if (bout.From <= now && now < bout.To)
            {
                return bout.FailedShare;
            }
        }

        return 0;
    }

    private IEnumerable<Bout> Draw(ScenarioBouts wont, string stationId, DeviceKind kind)
    {
        var chance = Chance.Of(seed, $"bouts/{stationId}/{kind}");
        for (var at = start; wont.PerDeviceYear > 0;)
        {
            at = at.AddDays(-Math.Log(1 - chance.NextDouble()) / wont.PerDeviceYear * DaysInAYear);
            if (at >= end)
            {
                yield break;
            }

            var to = at.AddDays(wont.Days.Draw(ref chance));
            yield return new Bout(at, to, wont.FailedShare.Draw(ref chance));
            at = to;
        }
    }

    private sealed record Bout(DateTimeOffset From, DateTimeOffset To, double FailedShare);
}
