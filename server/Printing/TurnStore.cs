using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// The SQL of turns. A row is there while an office has ready jobs, and may be there a little longer. It is touched last in any
/// transaction, and only read to choose by: two who choose at once may serve one office twice running, and nobody waits.
/// </summary>
internal static class TurnStore
{
    /// <summary>An office has ready jobs, as a transaction made it so: it starts at the lowest present pass. Its row is locked, so that nobody who saw it without a job takes it away.</summary>
    public static async ValueTask JoinAsync(Tx tx, RegionCode office) => await tx.ExecuteAsync(
        """
        INSERT INTO printing_turns (office, pass) SELECT CAST($1 AS TEXT), COALESCE(MIN(pass), 0) FROM printing_turns WHERE 1 = 1
        ON CONFLICT (office) DO UPDATE SET pass = printing_turns.pass
        """,
        office.Value);

    /// <summary>The next jobs of a region for a station, locked, of its offices in turns; with what is due to the turns for them.</summary>
    public static async ValueTask<Taken> LockReadyAsync(Tx tx, RegionCode region, StationId station, DateTimeOffset now, int room)
    {
        var (jobs, ours) = (new List<Job>(), new HashSet<JobId>());
        var (served, dry) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        while (jobs.Count < room)
        {
            var turns = (await ListAsync(tx, region, room + dry.Count))
                .Where(turn => !dry.Contains(turn.Office.Value))
                .Select(turn => turn with { Pass = turn.Pass + served.GetValueOrDefault(turn.Office.Value) })
                .ToList();
            if (turns.Count == 0)
            {
                break;
            }

            foreach (var (office, share) in Turns.Deal(turns, room - jobs.Count))
            {
                // Those that are ours already come again, for they are ready still.
                var had = served.GetValueOrDefault(office.Value);
                var ready = await JobStore.LockReadyAsync(tx, office, station, now, had + share);
                var more = ready.Where(job => !ours.Contains(job.Id)).Take(share).ToList();
                jobs.AddRange(more);
                ours.UnionWith(more.Select(job => job.Id));
                served[office.Value] = had + more.Count;
                if (ready.Count < had + share)
                {
                    dry.Add(office.Value);
                }
            }
        }

        return new Taken(jobs, served, dry);
    }

    /// <summary>Moves the offices on that were served, and takes those away that have nothing left.</summary>
    public static async ValueTask SettleAsync(Tx tx, Taken taken)
    {
        foreach (var (office, jobs) in taken.Served)
        {
            if (jobs > 0)
            {
                await tx.ExecuteAsync("UPDATE printing_turns SET pass = pass + $1 WHERE office = $2", jobs, office);
            }

            if (taken.Dry.Contains(office))
            {
                // Locked before it is looked at: whoever makes a job ready comes before this, or after it and makes the row anew.
                await tx.NumberAsync($"SELECT pass FROM printing_turns WHERE office = $1 {tx.Dialect.ForUpdate}", office);
                await tx.ExecuteAsync(
                    "DELETE FROM printing_turns WHERE office = $1 AND NOT EXISTS (SELECT 1 FROM printing_jobs WHERE office = $1 AND state = 2)", office);
            }
        }
    }

    private static ValueTask<List<Turn>> ListAsync(Tx tx, RegionCode region, int limit) => tx.ListAsync(
        "SELECT office, pass FROM printing_turns WHERE office >= $1 AND office < $2 ORDER BY pass, office LIMIT $3",
        row => new Turn(RegionCode.Trusted(row.GetString(0)), row.GetInt64(1)), region.Range.From, region.Range.To, limit);

    /// <param name="Served">Jobs by office.</param>
    /// <param name="Dry">Offices that had fewer than they were asked for.</param>
    internal sealed record Taken(List<Job> Jobs, SortedDictionary<string, int> Served, SortedSet<string> Dry);
}
