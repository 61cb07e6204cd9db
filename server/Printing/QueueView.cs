using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>
/// The queue as people see it: a ready job whose office has no blank, or no ribbon, is shown as held. That is found out when it is
/// read: nothing is written for a job because its office runs dry, so a stock-out costs nothing.
/// </summary>
internal static class QueueView
{
    public const string Stock = "stock";
    public const string Ribbon = "ribbon";

    /// <summary>Offices that have a blank in their vault or a hopper, of those whose holders lie within $1 and $2.</summary>
    private const string Stocked = "SELECT substr(holder, 1, 5) FROM cards_counts WHERE holder >= $1 AND holder < $2 AND vault + hopper > 0";

    /// <summary>Offices of which every printer said last that its ribbon is used up.</summary>
    private const string Ribbonless =
        "SELECT office FROM printing_supplies WHERE office >= $1 AND office < $2 GROUP BY office HAVING MAX(COALESCE(ribbon_left, 1)) = 0";

    private const string IsStalled = $"(office NOT IN ({Stocked}) OR office IN ({Ribbonless}))";

    /// <summary>A region's jobs by age, as they are shown; an office's have an index of their own, and each of its states as well.</summary>
    public static async ValueTask<List<Job>> ListAsync(Tx tx, RegionCode region, JobState? state, string after, int limit)
    {
        var holders = HoldersOf(region);
        var dry = (await tx.ListAsync(
            $"SELECT DISTINCT office, CASE WHEN office NOT IN ({Stocked}) THEN 1 ELSE 0 END FROM printing_turns WHERE office >= $1 AND office < $2 AND {IsStalled}",
            row => (Office: row.GetString(0), Reason: row.GetInt64(1) == 1 ? Stock : Ribbon), holders.From, holders.To)).ToDictionary(office => office.Office, office => office.Reason);
        var filter = state switch
        {
            null => "",
            JobState.Held => $" AND (state = 1 OR (state = 2 AND {IsStalled}))",
            JobState.Ready => $" AND state = 2 AND NOT {IsStalled}",
            { } wanted => $" AND state = {(int)wanted}",
        };
        var jobs = await tx.ListAsync(
            $"SELECT {JobStore.JobColumns} FROM printing_jobs WHERE region >= $3 AND region < $4 AND job_id > $5{filter}{(region.Depth >= 2 ? " AND office = $1" : "")} ORDER BY job_id LIMIT $6",
            JobStore.Read, holders.From, holders.To, region.Range.From, region.Range.To, after, limit);
        return [.. jobs.Select(job => job.State == JobState.Ready && dry.TryGetValue(job.Region.Office.Value, out var reason) ? job with { State = JobState.Held, Reason = reason } : job)];
    }

    /// <summary>Jobs of a region ever enqueued, and how many are shown in each state now.</summary>
    public static async ValueTask<(long Enqueued, Dictionary<JobState, long> Jobs)> GetTotalsAsync(Tx tx, RegionCode region)
    {
        var states = Enum.GetValues<JobState>();
        var holders = HoldersOf(region);
        var sums = string.Join(", ", states.Select(state => $"CAST(COALESCE(SUM({JobFold.Column(state)}), 0) AS BIGINT)"));
        var (enqueued, jobs) = await tx.FirstAsync(
            $"SELECT CAST(COALESCE(SUM(enqueued), 0) AS BIGINT), {sums} FROM printing_totals WHERE region >= $1 AND region < $2",
            row => (row.GetInt64(0), states.Select((state, i) => (state, Jobs: row.GetInt64(i + 1))).ToDictionary(total => total.state, total => total.Jobs)),
            region.Range.From, region.Range.To);
        var stalled = await tx.NumberAsync(
            $"""
            SELECT CAST(COALESCE(SUM(ready), 0) AS BIGINT) FROM (SELECT substr(region, 1, 5) AS office, ready FROM printing_totals WHERE region >= $3 AND region < $4) AS waiting
            WHERE {IsStalled}
            """,
            holders.From, holders.To, region.Range.From, region.Range.To);
        jobs[JobState.Held] += stalled;
        jobs[JobState.Ready] -= stalled;
        return (enqueued, jobs);
    }

    /// <summary>Blanks lie in the vault of an office and in the hoppers of its stations, whatever district the jobs are of.</summary>
    private static (string From, string To) HoldersOf(RegionCode region) => region.Depth >= 2 ? (region.Office.Value, region.Office.Range.To) : region.Range;
}
