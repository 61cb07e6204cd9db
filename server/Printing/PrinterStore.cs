using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>The SQL of printers, and how facts change it: those about printers, and what happens to attempts.</summary>
internal static class PrinterStore
{
    private const string Columns =
        "print_region, drained_cause, drained_reason, drained_until, fault, drained_blanks, unexplained, ribbon_left, told_at";

    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("printing_printers", "printing_counters");
        catalog.Add(PrinterDrained.Kind, PrinterJson.Default.PrinterDrained, ApplyAsync);
        catalog.Add(PrinterResumed.Kind, PrinterJson.Default.PrinterResumed, ApplyAsync);
        catalog.Add(PrintRegionSet.Kind, PrinterJson.Default.PrintRegionSet, ApplyAsync);
        catalog.Add(PicksUnexplained.Kind, PrinterJson.Default.PicksUnexplained, ApplyAsync);
        catalog.Add(PicksExplained.Kind, PrinterJson.Default.PicksExplained, ApplyAsync);

        // Told for whoever has to explain it; the START that noticed it is what counting goes on from.
        catalog.Add(CounterWentBack.Kind, PrinterJson.Default.CounterWentBack, (_, _, _) => ValueTask.CompletedTask);
    }

    /// <summary>A station's printer; one of which nothing was ever said is in the queue for its office.</summary>
    public static async ValueTask<Printer> FindAsync(Tx tx, StationId station) => await tx.FirstAsync(
        $"""
        SELECT $1, {Columns} FROM (SELECT 1) AS one
        LEFT JOIN printing_printers AS p ON p.station_id = $1 LEFT JOIN printing_supplies AS s ON s.station_id = $1
        """,
        Read, station.Value) ?? new Printer(station);

    /// <summary>The printers of a region of which anything is known, by station.</summary>
    public static ValueTask<List<Printer>> ListAsync(Tx tx, RegionCode region, string after, int limit) => tx.ListAsync(
        $"""
        SELECT known.station_id, {Columns} FROM (SELECT station_id FROM printing_printers UNION SELECT station_id FROM printing_supplies) AS known
        LEFT JOIN printing_printers AS p ON p.station_id = known.station_id LEFT JOIN printing_supplies AS s ON s.station_id = known.station_id
        WHERE known.station_id >= $1 AND known.station_id < $2 AND known.station_id > $3 ORDER BY known.station_id LIMIT $4
        """,
        Read, region.Range.From, region.Range.To, after, limit);

    /// <summary>The same, locked where anything was ever said of it.</summary>
    public static async ValueTask<Printer> LockAsync(Tx tx, StationId station)
    {
        await tx.NumberAsync($"SELECT unexplained FROM printing_printers WHERE station_id = $1 {tx.Dialect.ForUpdate}", station.Value);
        return await FindAsync(tx, station);
    }

    /// <summary>What is known of one printer's cards at a station; null before its first START there.</summary>
    public static ValueTask<PrinterCount?> FindCountAsync(Tx tx, StationId station, string printerSerial) => tx.FirstAsync(
        "SELECT picked_least, picked_most, failures FROM printing_counters WHERE station_id = $1 AND printer_serial = $2",
        row => new PrinterCount(new PickedCards(unchecked((ulong)row.GetInt64(0)), unchecked((ulong)row.GetInt64(1))), row.GetInt64(2)),
        station.Value, printerSerial);

    /// <summary>What a printer says of its supplies is no fact: the last word counts.</summary>
    public static async ValueTask SaveSupplyAsync(Tx tx, StationId station, long? ribbonLeft, DateTimeOffset now) => await tx.ExecuteAsync(
        """
        INSERT INTO printing_supplies (station_id, office, ribbon_left, told_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (station_id) DO UPDATE SET ribbon_left = excluded.ribbon_left, told_at = excluded.told_at
        """,
        station.Value, station.Region.Office.Value, ribbonLeft, now);

    public static async ValueTask StartAsync(Tx tx, Attempt attempt)
    {
        var picked = PickedCards.Started(attempt.PickedBefore);
        await tx.ExecuteAsync(
            """
            INSERT INTO printing_counters (station_id, printer_serial, picked_least, picked_most, failures) VALUES ($1, $2, $3, $4, 0)
            ON CONFLICT (station_id, printer_serial) DO UPDATE SET picked_least = excluded.picked_least, picked_most = excluded.picked_most
            """,
            attempt.Station.Value, attempt.PrinterSerial, picked.Least, picked.Most);
    }

    /// <summary>How a report shows in its printer's counter, unless another attempt has started since, and in its run of failures, unless it is late.</summary>
    public static async ValueTask FollowAsync(Tx tx, Attempt before, Attempt after)
    {
        if (after.Report is null || after.Report == before.Report || after.State == AttemptState.Unknown)
        {
            return;
        }

        var (open, settled) = (PickedCards.Started(after.PickedBefore), PickedCards.Settled(after.PickedBefore, after.PickedAfter ?? after.PickedBefore));
        var (more, keep) = (before.State, after.State) switch
        {
            (AttemptState.Started, AttemptState.Failed) => (1, 1),
            (AttemptState.Started, AttemptState.Printed or AttemptState.Rejected) => (0, 0),
            _ => (0, 1),
        };
        await tx.ExecuteAsync(
            """
            UPDATE printing_counters SET
              picked_least = CASE WHEN picked_least = $3 AND picked_most = $4 THEN $5 ELSE picked_least END,
              picked_most = CASE WHEN picked_least = $3 AND picked_most = $4 THEN $5 ELSE picked_most END,
              failures = failures * $6 + $7
            WHERE station_id = $1 AND printer_serial = $2
            """,
            after.Station.Value, after.PrinterSerial, open.Least, open.Most, settled.Least, (long)keep, (long)more);
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, PrinterFact fact)
    {
        await tx.ExecuteAsync("INSERT INTO printing_printers (station_id) VALUES ($1) ON CONFLICT DO NOTHING", fact.StationId);
        var printer = (await LockAsync(tx, StationId.Trusted(fact.StationId))).After(fact);
        await tx.ExecuteAsync(
            """
            UPDATE printing_printers SET print_region = $2, drained_cause = $3, drained_reason = $4, drained_until = $5, fault = $6, drained_blanks = $7, unexplained = $8
            WHERE station_id = $1
            """,
            fact.StationId, printer.PrintRegion?.Value, printer.Drained, printer.DrainedReason, printer.DrainedUntil, printer.Fault, printer.DrainedBlanks,
            printer.UnexplainedPicks);
        if (fact is PrinterDrained or PrinterResumed)
        {
            await tx.ExecuteAsync("UPDATE printing_counters SET failures = 0 WHERE station_id = $1", fact.StationId);
        }
    }

    private static Printer Read(Row row) => new(StationId.Trusted(row.GetString(0)))
    {
        PrintRegion = row.GetStringOrNull(1) is { } region ? RegionCode.Trusted(region) : null,
        Drained = row.IsNull(2) ? null : (DrainCause)row.GetInt64(2),
        DrainedReason = row.GetStringOrNull(3) ?? "",
        DrainedUntil = row.GetMomentOrNull(4),
        Fault = row.IsNull(5) ? PrinterFault.None : (PrinterFault)row.GetInt64(5),
        DrainedBlanks = row.IsNull(6) ? 0 : row.GetInt64(6),
        UnexplainedPicks = row.IsNull(7) ? 0 : row.GetInt64(7),
        RibbonLeft = row.IsNull(8) ? null : row.GetInt64(8),
        IsHeard = !row.IsNull(9),
    };
}
