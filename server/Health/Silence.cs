using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health;

/// <summary>An office whose stations fell silent together: their verdicts are held until it is heard again.</summary>
internal sealed record RegionSilence(RegionCode Region, DateTimeOffset Since, DateTimeOffset DeclaredAt, IReadOnlyList<StationId> Members);

/// <summary>What is known of one station's silence; Expected is in hours of usual presence.</summary>
internal sealed record StationSilence(StationId Id, Liveness State, DateTimeOffset LastHeard, DateTimeOffset Since, double Expected, bool Alone);

/// <summary>
/// Judges the silence of an office's stations together, the common cause before any of them: several that fall silent at
/// once did not all break. A lone station cannot be told from its link by silence.
/// </summary>
internal static class Silence
{
    /// <summary>Expected hours of silence after which a station is late: above the slowest beat of an hour.</summary>
    public const double LateAt = 1.25;

    public const double SilentAt = 1.5;

    public const double PresumedDeadAt = 2;

    /// <summary>A silence is not held longer than this, a working day, while others of the office are heard.</summary>
    public const double HeldAtMost = 6;

    private const int LeastTogether = 3;

    /// <summary>Silences that began this close have one cause; who spoke this lately speaks.</summary>
    private static readonly TimeSpan _together = TimeSpan.FromMinutes(90);

    public static OfficeVerdict Judge(RegionCode region, RegionSilence? silence, IReadOnlyList<StationSilence> stations, DateTimeOffset now)
    {
        if (silence is null)
        {
            return Common(stations) is { } together
                ? Hold(new RegionSilence(region, together.Min(station => station.Since), now, [.. together.Select(station => station.Id)]), stations)
                : new OfficeVerdict(null, [], stations.ToDictionary(station => station.Id, Alone));
        }

        var members = stations.Where(station => silence.Members.Contains(station.Id)).ToList();
        var away = members.FindAll(member => member.LastHeard <= silence.DeclaredAt);
        if (2 * away.Count <= members.Count)
        {
            // Their clocks start anew: what kept the others silent may have kept them a little longer.
            return new OfficeVerdict(null, [.. away.Select(member => member.Id)], stations.ToDictionary(
                station => station.Id, station => away.Contains(station) ? Liveness.Held : Alone(station)));
        }

        if (stations.Any(station => station.LastHeard > now - _together) && away.Exists(member => member.Expected >= HeldAtMost))
        {
            return new OfficeVerdict(null, [], stations.ToDictionary(station => station.Id, Alone));
        }

        var joining = stations.Where(station => IsOpen(station) && !silence.Members.Contains(station.Id) && Near(station.Since, silence.Since));
        return Hold(silence with { Members = [.. silence.Members, .. joining.Select(station => station.Id)] }, stations);
    }

    /// <summary>A verdict on one station by itself. Until it is heard it only becomes graver.</summary>
    private static Liveness Alone(StationSilence station)
    {
        var verdict = station.Expected switch
        {
            >= PresumedDeadAt => Liveness.PresumedDead,
            >= SilentAt => Liveness.Silent,
            >= LateAt => Liveness.Late,
            _ => Liveness.Present,
        };
        return station.State switch
        {
            Liveness.NeverHeard => Liveness.NeverHeard,
            Liveness.Held => verdict == Liveness.Present ? Liveness.Held : verdict,
            _ => station.State > verdict ? station.State : verdict,
        };
    }

    private static OfficeVerdict Hold(RegionSilence silence, IReadOnlyList<StationSilence> stations) => new(silence, [], stations.ToDictionary(
        station => station.Id,
        station => silence.Members.Contains(station.Id) && station.LastHeard <= silence.DeclaredAt ? Liveness.Held : Alone(station)));

    /// <summary>The largest set that fell silent together, if it is at least three and half of those that were expected to speak.</summary>
    private static List<StationSilence>? Common(IReadOnlyList<StationSilence> stations)
    {
        List<StationSilence> most = [];
        foreach (var first in stations.Where(IsOpen))
        {
            var together = stations.Where(station => IsOpen(station) && station.Since >= first.Since && station.Since - first.Since <= 2 * _together).ToList();
            most = together.Count > most.Count ? together : most;
        }

        if (most.Count < LeastTogether || !most.Exists(station => station.State != Liveness.PresumedDead))
        {
            return null;
        }

        var speaking = stations.Count(station => station.State is Liveness.Present && !most.Contains(station) && station.LastHeard > most[0].Since - _together);
        return most.Count >= speaking ? most : null;
    }

    /// <summary>Quiet beyond its hours, and nothing yet says that the cause is its own.</summary>
    private static bool IsOpen(StationSilence station) => station.State != Liveness.NeverHeard && !station.Alone && station.Expected >= LateAt;

    private static bool Near(DateTimeOffset one, DateTimeOffset other) => (one - other).Duration() <= _together;
}

/// <summary>The office's silence from now on (null for none), whose clocks start anew, and the verdict on each station.</summary>
internal sealed record OfficeVerdict(RegionSilence? Silence, IReadOnlyList<StationId> Away, IReadOnlyDictionary<StationId, Liveness> Stations);
