using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;

namespace KtpGrpc.Server.Health.Detectors;

/// <summary>
/// Judges the silence of the country, before that of any office: where half of it falls silent together it is a holiday, or
/// our own fault. All who are quiet are held until half of those are heard again.
/// </summary>
internal static class NationalSilence
{
    /// <summary>Fewer offices are a region's trouble, however large a part of a small country they are.</summary>
    private const int LeastOffices = 3;

    private static readonly TimeSpan _together = TimeSpan.FromMinutes(90);

    /// <summary>Whether so many of those that one server hears are quiet that the whole country is worth a look.</summary>
    public static bool MayBe(int quiet, int living) => quiet > 0 && 2 * quiet >= living;

    public static CountryVerdict Judge(RegionSilence? silence, IReadOnlyList<StationSilence> stations, DateTimeOffset now)
    {
        if (silence is null)
        {
            var living = stations.Where(station => station.State is not (Liveness.NeverHeard or Liveness.PresumedDead) && !station.Alone).ToList();
            return Common(living) is { } together
                ? new CountryVerdict(new RegionSilence(RegionCode.Country, together.Min(station => station.Since), now, [.. together.Select(station => station.Id)]), [])
                : new CountryVerdict(null, [], IsHalf(living.FindAll(station => station.Expected >= station.QuietAt), living));
        }

        var members = silence.Members.ToHashSet();
        var known = stations.Where(station => members.Contains(station.Id)).ToList();
        var away = known.FindAll(station => IsHeld(silence, station));
        return 2 * away.Count > known.Count
            ? new CountryVerdict(silence, [])
            : new CountryVerdict(null, [.. stations.Where(station => IsHeld(silence, station)).Select(station => station.Id)]);
    }

    /// <summary>Whether nothing is known of a station because the country is silent. Who was given up before stays so.</summary>
    public static bool IsHeld(RegionSilence silence, StationSilence station) =>
        station.LastHeard <= silence.DeclaredAt && !station.Alone && station.State is not (Liveness.NeverHeard or Liveness.PresumedDead)
        && (station.IsOpen || station.State == Liveness.Held);

    private static List<StationSilence>? Common(List<StationSilence> living)
    {
        var open = living.FindAll(station => station.IsOpen);
        if (!IsHalf(open, living))
        {
            return null;
        }

        // Together by the clock, or by the hours in which each is usually heard: after a weekend, or in another time zone.
        var byClock = Densest(open, station => (station.Since - DateTimeOffset.UnixEpoch).TotalHours);
        var byHours = Densest(open.FindAll(station => station.Expected < Silence.HeldAtMost), station => station.Expected);
        var most = byClock.Count >= byHours.Count ? byClock : byHours;
        return IsHalf(most, living) ? most : null;
    }

    /// <summary>Half of the stations, in half of the offices and at least three of them.</summary>
    public static bool IsHalf(int quiet, int living, int offices, int ofOffices) =>
        MayBe(quiet, living) && offices >= LeastOffices && 2 * offices >= ofOffices;

    private static bool IsHalf(List<StationSilence> quiet, List<StationSilence> living) =>
        MayBe(quiet.Count, living.Count) && IsHalf(quiet.Count, living.Count, OfficesOf(quiet), OfficesOf(living));

    private static int OfficesOf(List<StationSilence> stations) => stations.Select(station => station.Id.Region.Office).Distinct().Count();

    /// <summary>The most that lie within one span of together, before and behind.</summary>
    private static List<StationSilence> Densest(List<StationSilence> stations, Func<StationSilence, double> hours)
    {
        stations.Sort((one, other) => hours(one).CompareTo(hours(other)));
        var (from, bestFrom, best) = (0, 0, 0);
        for (var to = 0; to < stations.Count; to++)
        {
            while (hours(stations[to]) - hours(stations[from]) > 2 * _together.TotalHours)
            {
                from++;
            }

            if (to - from + 1 > best)
            {
                (bestFrom, best) = (from, to - from + 1);
            }
        }

        return stations.GetRange(bestFrom, best);
    }
}

/// <summary>
/// The country's silence from now on (null for none); Away are those that are not back when it ends: their clocks start anew. While it
/// is undecided, half of the country misses its beats but is not late yet, and no office is judged before it.
/// </summary>
internal sealed record CountryVerdict(RegionSilence? Silence, IReadOnlyList<StationId> Away, bool IsUndecided = false)
{
    /// <summary>Of a country that is heard.</summary>
    public static readonly CountryVerdict Heard = new(null, []);
}
