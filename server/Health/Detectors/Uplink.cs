namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// Judges by beats and by broken sessions, in seconds and not in expected hours, where stations beat fast: several that go quiet
/// at once have lost their uplink, and one that stays away when it is back is missed by its peers' return.
/// </summary>
internal static class Uplink
{
    /// <summary>A connection that broke is opened again within some seconds: nobody is missed before this.</summary>
    public static readonly TimeSpan LeastMissed = TimeSpan.FromSeconds(30);

    /// <summary>Whose beats cannot be missed within this is judged by the hours of his presence.</summary>
    private static readonly TimeSpan _mostMissed = TimeSpan.FromHours(Silence.LeastQuiet);

    /// <summary>
    /// Stations whose uplink is back return within the longest window of their connecting again, 64 s, and the time that letting
    /// a country in takes, 120 s.
    /// </summary>
    public static readonly TimeSpan StaysAwayFor = TimeSpan.FromMinutes(3);

    /// <summary>One cut ends all beats within a period; mains that fail take a kit's battery with them within some minutes.</summary>
    private static readonly TimeSpan _together = TimeSpan.FromMinutes(5);

    /// <summary>Who was heard this lately may beat slowly, and is not missed.</summary>
    private static readonly TimeSpan _lately = TimeSpan.FromMinutes(90);

    /// <summary>Beats that are missed of who broke off; of whom nothing was heard but his silence, his own patience counts.</summary>
    private const double BrokenPeriods = 3;

    /// <summary>
    /// How long a station's beats may stay away before they are missed. Null where their absence says nothing: they are slow or
    /// unknown, it took its leave, its desk usually closes about now, or nobody listened since <paramref name="listening"/> or
    /// before its clock of silence was started anew, unless by its peers' return.
    /// </summary>
    public static TimeSpan? MissedAfter(Presence presence, DateTimeOffset listening, DateTimeOffset now)
    {
        if (presence.State is Liveness.NeverHeard or Liveness.PresumedDead || presence.Line == Line.Left
            || presence.SilentSince < listening || (!presence.Alone && presence.SilentSince != presence.LastHeard))
        {
            return null;
        }

        var seconds = presence.Line == Line.Broken
            ? Math.Max(LeastMissed.TotalSeconds, double.IsNaN(presence.Beat.Period) ? 0 : BrokenPeriods * presence.Beat.Period)
            : Math.Max(LeastMissed.TotalSeconds, presence.Beat.Patience);
        return seconds <= _mostMissed.TotalSeconds && presence.IsUsual(now) ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>
    /// Those that went quiet together, where at least three and at least as many as are heard are missed, or very many: all of the
    /// while, also those that are only about to be missed. Null for none.
    /// </summary>
    public static List<StationSilence>? Lost(IReadOnlyList<StationSilence> stations, DateTimeOffset now)
    {
        var missed = stations.Where(station => station.IsMissed(now)).OrderBy(station => station.Since).ToList();
        var (from, bestFrom, best) = (0, 0, 0);
        for (var to = 0; to < missed.Count; to++)
        {
            while (missed[to].Since - missed[from].Since > _together)
            {
                from++;
            }

            if (to - from + 1 > best)
            {
                (bestFrom, best) = (from, to - from + 1);
            }
        }

        return best < Silence.LeastTogether || (best < Silence.LeastMany && best < stations.Count(station => IsHeard(station, now)))
            ? null
            : [.. stations.Where(station => station.IsDoubted(now) && IsWithin(station.Since, missed[bestFrom].Since, missed[bestFrom + best - 1].Since))];
    }

    /// <summary>
    /// Whether a station stays away though its peers returned, and are heard now. Very many that stay away have a cause in common
    /// still, and wait for their expected hours.
    /// </summary>
    public static bool StaysAway(StationSilence station, IReadOnlyList<StationSilence> stations, DateTimeOffset now)
    {
        if (!station.Alone || !station.IsMissed(now) || now - station.Since < StaysAwayFor)
        {
            return false;
        }

        var doubted = stations.Count(other => other.IsDoubted(now));
        return doubted < Silence.LeastMany && doubted <= stations.Count(other => IsHeard(other, now));
    }

    private static bool IsHeard(StationSilence station, DateTimeOffset now) =>
        station.State is not (Liveness.NeverHeard or Liveness.PresumedDead) && !station.IsDoubted(now) && now - station.LastHeard < _lately;

    private static bool IsWithin(DateTimeOffset onset, DateTimeOffset first, DateTimeOffset last) => onset >= first - _together && onset <= last + _together;
}
