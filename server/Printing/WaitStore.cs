using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>The SQL of what is next in the queue, and of who could print it.</summary>
internal static class WaitStore
{
    /// <summary>When the next job of each office was enqueued that has blanks: one look at the head of its queue, however long that is.</summary>
    public static ValueTask<List<(RegionCode Office, DateTimeOffset Since)>> ListNextAsync(Tx tx) => tx.ListAsync(
        """
        SELECT office, since FROM (
          SELECT office, (SELECT enqueued_at FROM printing_jobs AS j WHERE j.office = t.office AND j.state = 2 ORDER BY j.ranked_at, j.job_id LIMIT 1) AS since
          FROM printing_turns AS t WHERE office IN (SELECT substr(holder, 1, 5) FROM cards_counts WHERE vault + hopper > 0)
        ) AS next WHERE since IS NOT NULL
        """,
        row => (RegionCode.Trusted(row.GetString(0)), row.GetMoment(1)));

    /// <summary>Printers that asked for jobs, are in the queue, have a ribbon, and of which it is believed that they print.</summary>
    public static async ValueTask<List<Printer>> ListWorkingAsync(Tx tx, DateTimeOffset now)
    {
        var well = (await tx.ListAsync("SELECT DISTINCT station_id FROM conditions WHERE kind = 6 AND state IN (2, 3, 4)", row => row.GetString(0))).ToHashSet();
        return [.. (await PrinterStore.ListAsync(tx, RegionCode.Country, "", int.MaxValue))
            .Where(printer => printer.IsHeard && !printer.IsDrained(now) && printer.RibbonLeft != 0 && well.Contains(printer.Station.Value))];
    }
}
