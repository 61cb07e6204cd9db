using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>An office whose stations fell silent together: their verdicts are held until it is heard again.</summary>
internal sealed record RegionSilence(RegionCode Region, DateTimeOffset Since, DateTimeOffset DeclaredAt, IReadOnlyList<StationId> Members);

/// <summary>What is known of one station's silence; Expected is in hours of usual presence.</summary>
internal sealed record StationSilence(StationId Id, Liveness State, DateTimeOffset LastHeard, DateTimeOffset Since, double Expected, bool Alone)
{
    /// <summary>Expected hours after which beats are missing, long before it is late where beats are fast.</summary>
    public double QuietAt { get; init; } = Silence.LateAt;

    /// <summary>Expected hours after which it is presumed dead, if nothing else explains its silence.</summary>
    public double DeadAt { get; init; } = Silence.PresumedDeadAt;

    /// <summary>How long its beats may stay away before they are missed; null where that says nothing.</summary>
    public TimeSpan? MissedAfter { get; init; }

    /// <param name="listening">Since when every beat would have been heard; null where nobody can judge by beats.</param>
    public static StationSilence Of(StationId id, Presence presence, DateTimeOffset now, DateTimeOffset? listening = null)
    {
        var seen = new StationSilence(id, presence.State, presence.LastHeard, presence.SilentSince, presence.ExpectedHours(now, Silence.CountedAtMost), presence.Alone)
        {
            MissedAfter = listening is { } since && now - presence.SilentSince >= Uplink.LeastMissed / 2 ? Uplink.MissedAfter(presence, since, now) : null,
        };

        // Most have just been heard, and nobody asks.
        return seen.Expected < Silence.LeastQuiet ? seen : seen with
        {
            QuietAt = presence.QuietAt,
            DeadAt = seen.Expected < Silence.PresumedDeadAt ? Silence.PresumedDeadAt : presence.DeadAt,
        };
    }

    /// <summary>Quiet beyond its hours, and nothing yet says that the cause is its own.</summary>
    public bool IsOpen => State != Liveness.NeverHeard && !Alone && Expected >= Silence.LateAt;

    public bool IsMissed(DateTimeOffset now) => now - Since >= MissedAfter;

    /// <summary>About to be missed, or missed.</summary>
    public bool IsDoubted(DateTimeOffset now) => now - Since >= MissedAfter / 2;
}

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

    /// <summary>Beats are missing no sooner than this, however fast they come: clocks of a timetable count in hours.</summary>
    public const double LeastQuiet = 0.25;

    /// <summary>Who stayed away for a day is given up this long into the next.</summary>
    public const double MorningMissed = 0.75;

    /// <summary>Silence is counted no further: a day and a morning of one who is there around the clock.</summary>
    public const double CountedAtMost = 26;

    /// <summary>A silence is not held longer than this, a working day, while others of the office are heard.</summary>
    public const double HeldAtMost = 6;

    /// <summary>A verdict waits this long, in expected hours, for the rest of the office or the country to be heard, or to be late as well.</summary>
    private const double UndecidedFor = 1;

    /// <summary>Two may be chance.</summary>
    public const int LeastTogether = 3;

    /// <summary>So many did not break in the same while, however many others of the office are heard: they wait until half of them are.</summary>
    public const int LeastMany = 8;

    /// <summary>Kits that record while one stays away, before it may be away for a day.</summary>
    private const int LeastSpare = 3;

    /// <summary>Silences that began this close have one cause; who spoke this lately speaks.</summary>
    private static readonly TimeSpan _together = TimeSpan.FromMinutes(90);

    /// <summary>While the country is silent, an office judges only whom it hears.</summary>
    public static OfficeVerdict Judge(RegionCode region, RegionSilence? silence, CountryVerdict country, IReadOnlyList<StationSilence> stations, DateTimeOffset now)
    {
        if (country.Silence is null)
        {
            return Judge(region, silence, stations, now, country.IsUndecided);
        }

        var held = stations.Where(station => NationalSilence.IsHeld(country.Silence, station)).Select(station => station.Id).ToHashSet();
        var verdict = Judge(region, silence, [.. stations.Where(station => !held.Contains(station.Id))], now, waits: false);
        return verdict with
        {
            Stations = stations.ToDictionary(station => station.Id, station => held.Contains(station.Id) ? Liveness.Held : verdict.Stations[station.Id]),
        };
    }

    /// <summary>Judges an office of a country that is heard; a verdict waits for a while where the country may be silent too.</summary>
    public static OfficeVerdict Judge(
        RegionCode region, RegionSilence? silence, IReadOnlyList<StationSilence> stations, DateTimeOffset now, bool waits = false)
    {
        if (silence is null)
        {
            return (Common(stations, waits) ?? (waits ? null : Uplink.Lost(stations, now))) is { } together
                ? Hold(new RegionSilence(region, together.Min(station => station.Since), now, [.. together.Select(station => station.Id)]), stations, waits, now)
                : new OfficeVerdict(null, [], stations.ToDictionary(station => station.Id, station => Alone(station, stations, waits, now)));
        }

        var ids = silence.Members.ToHashSet();
        var members = stations.Where(station => ids.Contains(station.Id)).ToList();
        var away = members.FindAll(member => member.LastHeard <= silence.DeclaredAt);
        var many = members.Count >= LeastMany;

        // Whom beats alone declared silent, before anybody was late, the first that returns does not free: a moment later the
        // others would be missed again.
        var halfFree = many || silence.DeclaredAt - silence.Since < TimeSpan.FromHours(LateAt);
        if (away.Count == 0 || (halfFree ? 2 * away.Count <= members.Count : away.Count < members.Count))
        {
            // What kept them all silent may have kept some a little longer: their clocks start anew, and where half are
            // back, the others' silence is their own.
            return new OfficeVerdict(null, [.. away.Select(member => member.Id)], stations.ToDictionary(
                station => station.Id, station => IsAway(station) ? Liveness.Held : Alone(station, stations, waits, now)), 2 * away.Count <= members.Count);
        }

        if (!many && stations.Any(station => station.LastHeard > now - _together) && away.Exists(member => member.Expected >= HeldAtMost))
        {
            return new OfficeVerdict(null, [], stations.ToDictionary(station => station.Id, station => Alone(station, stations, waits, now)));
        }

        var others = stations.Where(station => !IsAway(station)).ToList();
        var joining = others.FindAll(station => (station.IsOpen || station.IsMissed(now)) && away.Exists(member => IsWithin(station, member)));
        joining = joining.Count > 0 ? joining : Common(others, waits) ?? [];
        return Hold(joining.Count == 0 ? silence : silence with { DeclaredAt = now, Members = [.. away.Concat(joining).Select(station => station.Id)] }, stations, waits, now);

        bool IsAway(StationSilence station) => station.LastHeard <= silence.DeclaredAt && ids.Contains(station.Id);
    }

    /// <summary>A verdict on one station by itself. Until it is heard it only becomes graver.</summary>
    private static Liveness Alone(StationSilence station, IReadOnlyList<StationSilence> stations, bool waits, DateTimeOffset now)
    {
        var verdict = station.Expected switch
        {
            _ when Uplink.StaysAway(station, stations, now) => Liveness.PresumedDead,
            >= PresumedDeadAt and var expected when expected >= DeadAt(station, stations) && !IsUndecided(station, stations, waits) => Liveness.PresumedDead,
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

    private static OfficeVerdict Hold(RegionSilence silence, IReadOnlyList<StationSilence> stations, bool waits, DateTimeOffset now)
    {
        var ids = silence.Members.ToHashSet();
        return new OfficeVerdict(silence, [], stations.ToDictionary(
            station => station.Id,
            station => station.LastHeard <= silence.DeclaredAt && ids.Contains(station.Id) ? Liveness.Held : Alone(station, stations, waits, now)));
    }

    /// <summary>
    /// The largest set that fell silent together, if it is at least three and as many as were heard since, or very many. Those
    /// that were last heard in the same while but are not late yet count for neither side.
    /// </summary>
    private static List<StationSilence>? Common(IReadOnlyList<StationSilence> stations, bool waits)
    {
        List<StationSilence> most = [];
        foreach (var first in stations.Where(station => station.IsOpen))
        {
            var together = stations.Where(station => station.IsOpen && IsWithin(station, first)).ToList();
            most = together.Count > most.Count ? together : most;
        }

        return most.Count >= LeastTogether
            && (!waits || most.Exists(station => station.Expected >= LateAt + UndecidedFor))
            && most.Exists(station => station.State != Liveness.PresumedDead)
            && (most.Count >= LeastMany || most.Count >= HeardSince(stations, most[0]))
            ? most
            : null;
    }

    /// <summary>Whether it may yet turn out that this station's silence is its office's: then its own verdict waits for a while.</summary>
    private static bool IsUndecided(StationSilence station, IReadOnlyList<StationSilence> stations, bool waits)
    {
        if (station.Alone || station.Expected >= DeadAt(station, stations) + UndecidedFor)
        {
            return false;
        }

        var quiet = stations.Count(other => other.State is not (Liveness.NeverHeard or Liveness.PresumedDead) && !other.Alone
            && IsWithin(other, station));
        return waits || (quiet >= LeastTogether && quiet >= HeardSince(stations, station));
    }

    /// <summary>The benefit of a day off is for an office that has kits to spare: one that hangs on few is told on the same day.</summary>
    private static double DeadAt(StationSilence station, IReadOnlyList<StationSilence> stations) =>
        station.DeadAt > PresumedDeadAt && HeardSince(stations, station) < LeastSpare ? PresumedDeadAt : station.DeadAt;

    private static int HeardSince(IReadOnlyList<StationSilence> stations, StationSilence silent) =>
        stations.Count(station => station.State != Liveness.NeverHeard && station.Since - silent.Since > _together);

    /// <summary>Whether two silences began together: by the clock, or by the hours in which both are usually heard.</summary>
    private static bool IsWithin(StationSilence one, StationSilence other) => (one.Since - other.Since).Duration() <= _together
        || (Math.Max(one.Expected, other.Expected) < HeldAtMost && Math.Abs(one.Expected - other.Expected) <= _together.TotalHours);
}

/// <summary>
/// The office's silence from now on (null for none), whose clocks start anew (and whether they are judged alone from then
/// on), and the verdict on each station.
/// </summary>
internal sealed record OfficeVerdict(
    RegionSilence? Silence, IReadOnlyList<StationId> Away, IReadOnlyDictionary<StationId, Liveness> Stations, bool AwayAlone = false)
{
    /// <summary>What one station's presence makes of the verdict on what was seen of it.</summary>
    public void Conclude(Presence presence, StationSilence seen, DateTimeOffset now)
    {
        presence.Conclude(Stations[seen.Id], seen.LastHeard);
        if (Away.Contains(seen.Id))
        {
            presence.RestartClock(now, AwayAlone);
        }
    }
}
