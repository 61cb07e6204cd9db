using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// Shares out what one trip can collect, as water fills vessels: whoever would run out first is raised first, so that all last
/// equally long once their backlog is served, and nobody gets more than he wants.
/// </summary>
internal static class Collecting
{
    /// <summary>Halvings after which the level is known far below one blank.</summary>
    private const int Halvings = 200;

    public static IReadOnlyList<Share> Propose(IReadOnlyList<Supply> supplies, long available, int days)
    {
        Vessel[] vessels = [.. supplies.Select(supply => Vessel.Of(supply, days)).Where(vessel => vessel.Wanted > 0)];
        if (vessels.Length == 0)
        {
            return [];
        }

        var (low, high) = (vessels.Min(vessel => vessel.DaysWith(0)), (double)days);
        if (vessels.Sum(vessel => vessel.Wanted) <= available)
        {
            low = high;
        }

        for (var i = 0; i < Halvings && low < high; i++)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = vessels.Sum(vessel => vessel.UpTo(middle)) <= available ? (middle, high) : (low, middle);
        }

        long[] blanks = [.. vessels.Select(vessel => low == days ? vessel.Wanted : vessel.UpTo(low))];
        Spread(vessels, blanks, available - blanks.Sum());
        return [.. vessels.Select((vessel, i) => new Share(vessel.Office, blanks[i], vessel.Wanted, Math.Max(0, vessel.DaysWith(blanks[i]))))
            .Where(share => share.Blanks > 0)
            .OrderBy(share => share.DaysCovered).ThenBy(share => share.Office.Value, StringComparer.Ordinal)];
    }

    /// <summary>The few blanks that no level divides go one by one to who is shortest.</summary>
    private static void Spread(Vessel[] vessels, long[] blanks, long left)
    {
        var next = new PriorityQueue<int, (double Days, int Place)>();
        for (var i = 0; i < vessels.Length; i++)
        {
            next.Enqueue(i, (vessels[i].DaysWith(blanks[i]), i));
        }

        while (left > 0 && next.TryDequeue(out var i, out _))
        {
            if (blanks[i] < vessels[i].Wanted)
            {
                blanks[i]++;
                left--;
                next.Enqueue(i, (vessels[i].DaysWith(blanks[i]), i));
            }
        }
    }

    /// <summary>What one office is to get, what it would need, and how many days it lasts with its share.</summary>
    internal sealed record Share(RegionCode Office, long Blanks, long Wanted, double DaysCovered);

    /// <param name="Lacks">Blanks that it lacks for its backlog; less than nothing where some are over.</param>
    /// <param name="Pace">Blanks a day.</param>
    private sealed record Vessel(RegionCode Office, long Lacks, double Pace, long Wanted)
    {
        /// <summary>An office that owes cards and has used nothing of late is taken to use one blank a day.</summary>
        public static Vessel Of(Supply supply, int days)
        {
            var (lacks, pace) = (supply.Needed - supply.Blanks, supply.PerDay > 0 ? supply.PerDay : supply.Backlog > 0 ? 1 : 0);
            return new Vessel(supply.Office, lacks, pace, Math.Max(0, lacks + (long)Math.Ceiling(pace * days)));
        }

        /// <summary>Days that it lasts with a share; less than nothing while its backlog is not served.</summary>
        public double DaysWith(long share) => (share - Lacks) / Pace;

        /// <summary>The share that takes it to a level of days.</summary>
        public long UpTo(double level) => Math.Clamp((long)Math.Ceiling((level * Pace) + Lacks), 0, Wanted);
    }
}
