using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;

namespace KtpGrpc.Simulation;

/// <summary>The invariants of docs/cards.md, by their numbers, looked at after every step; the eighth is <see cref="Fold"/>.</summary>
internal sealed class Invariants(World world)
{
    private readonly Dictionary<string, long> _epochs = [];

    public void Check()
    {
        None("1: an issuance has two attempts that may have made a card",
            "SELECT job_id FROM printing_attempts WHERE state IN (1, 2, 5) GROUP BY job_id HAVING COUNT(*) > 1");
        CheckMatter();
        None("2: a blank is in two STARTs, neither proven not fed",
            "SELECT blank_serial FROM printing_attempts WHERE blank_bound = 1 GROUP BY blank_serial HAVING COUNT(*) > 1");
        None("2: a bound blank is not where its attempt left it",
            """
            SELECT a.job_id FROM printing_attempts a JOIN cards c ON c.serial = a.blank_serial
            WHERE a.blank_bound = 1 AND a.blank_stays = 0 AND c.state NOT IN (7, 8, 9)
              AND c.state <> CASE a.state WHEN 1 THEN 3 WHEN 5 THEN 3 WHEN 2 THEN 4 ELSE 5 END
            """);
        CheckCards();
        None("4: a START has no state",
            "SELECT job_id FROM printing_attempts WHERE state NOT IN (1, 2, 3, 4, 5, 6, 7)");
        None("4: a job is started and its attempt is not, or the other way round",
            """
            SELECT j.job_id FROM printing_jobs j LEFT JOIN printing_attempts a ON a.job_id = j.job_id AND a.epoch = j.epoch
            WHERE (j.state = 4) <> COALESCE(a.state = 1, 0) OR (j.state = 7) <> COALESCE(a.state = 5, 0)
            """);
        None("4: a job waits for a report for ever",
            "SELECT job_id FROM printing_jobs WHERE (state IN (3, 4)) <> (due_at IS NOT NULL)");
        CheckTotals();
        CheckEpochs();
        None("7: a card was destroyed that no sealed destruction lists",
            "SELECT c.serial FROM cards c LEFT JOIN destructions d ON d.destruction_id = c.destruction_id WHERE c.state = 9 AND COALESCE(d.state, 0) <> 3");
        None("7: a card is on the list of a destruction that is sealed",
            "SELECT c.serial FROM cards c JOIN destructions d ON d.destruction_id = c.destruction_id WHERE c.state = 8 AND d.state = 3");
        None("7: a destruction was sealed without a custodian and two witnesses",
            """
            SELECT d.destruction_id FROM destructions d WHERE d.state = 3 AND (
              (SELECT COUNT(*) FROM destruction_signatories s WHERE s.destruction_id = d.destruction_id AND s.role = 1) < 1
              OR (SELECT COUNT(DISTINCT s.operator) FROM destruction_signatories s WHERE s.destruction_id = d.destruction_id AND s.role = 2) < 2)
            """);
        None("7: the totals of a destruction are not its list",
            """
            SELECT t.destruction_id FROM destruction_totals t
            WHERE t.cards <> (SELECT COUNT(*) FROM cards c WHERE c.destruction_id = t.destruction_id AND c.reason = t.reason AND c.state IN (8, 9))
            """);
        CheckCounters();
    }

    /// <summary>What lies on the table, whatever the books say: two good cards of one issuance, of which none was ruined or taken back.</summary>
    private void CheckMatter()
    {
        foreach (var cards in world.Feeds.Where(feed => feed.Fate == Fate.Good).GroupBy(feed => feed.IssuanceId))
        {
            if (cards.Count() > 1 && cards.Count(card => StateOf(card.Blank) is CardState.Issued or CardState.Consuming or CardState.Hopper) > 1)
            {
                throw new ViolationException($"1: issuance {cards.Key} has {cards.Count()} good cards.");
            }
        }
    }

    /// <summary>
    /// A printer's own counter, less the cards that somebody tried it out with, is the STARTs that took a blank; of those of
    /// which nobody knows yet, each may have taken one or not. Nobody is told of more unexplained cards than there were.
    /// </summary>
    private void CheckCounters()
    {
        foreach (var station in world.Stations)
        {
            foreach (var printer in station.Printers)
            {
                var (settled, open) = world.Store.Look(tx => tx.FirstAsync(
                    "SELECT COALESCE(SUM(state IN (2, 3, 6, 7)), 0), COALESCE(SUM(state IN (1, 5)), 0) FROM printing_attempts WHERE printer_serial = $1",
                    row => (row.GetInt64(0), row.GetInt64(1)), printer.Identity.Serial));
                var picked = (long)(printer.CardsPicked - printer.TestCards);
                if (picked < settled || picked > settled + open)
                {
                    throw new ViolationException($"9: printer {printer.Identity.Serial} picked {picked} cards; {settled} STARTs took a blank and of {open} nobody knows.");
                }
            }

            var told = world.Store.Look(tx => tx.NumberAsync("SELECT unexplained FROM printing_printers WHERE station_id = $1", station.Id.Value));
            if (told > station.Printers.Sum(printer => (long)printer.TestCards))
            {
                throw new ViolationException($"9: {told} cards of {station.Id} are called unexplained, more than anybody tried its printers with.");
            }
        }
    }

    private CardState StateOf(long serial) => (CardState)world.Store.Look(tx => tx.NumberAsync("SELECT state FROM cards WHERE serial = $1", serial));

    private void CheckCards()
    {
        var transit = 0L;
        foreach (var office in Machine.Offices)
        {
            var balance = world.Store.Look(tx => CardStore.GetBalanceAsync(tx, RegionCode.Trusted(office)));
            if (!balance.Holds)
            {
                throw new ViolationException($"3: the balance of {office} does not hold: {balance}");
            }

            var rows = world.Store.Look(tx => tx.ListAsync(
                "SELECT state, COUNT(*) FROM cards WHERE office = $1 GROUP BY state", row => (State: (CardState)row.GetInt64(0), Cards: row.GetInt64(1)), office)).ToDictionary();
            foreach (var (state, counted) in CountedCards.Of(balance))
            {
                if (rows.GetValueOrDefault(state) != counted)
                {
                    throw new ViolationException($"3: {office} has {rows.GetValueOrDefault(state)} cards {state}, and counts {counted}.");
                }
            }

            transit += balance.TransferredOut - balance.TransferredIn;
        }

        var sent = world.Store.Look(tx => tx.NumberAsync("SELECT COUNT(*) FROM cards WHERE state = 6"));
        if (sent != transit)
        {
            throw new ViolationException($"3: {sent} blanks are in transit, and the offices' books say {transit}.");
        }
    }

    private void CheckTotals()
    {
        var (enqueued, jobs) = world.Store.Look(tx => QueueView.GetTotalsAsync(tx, RegionCode.Country));
        var rows = world.Store.Look(tx => tx.ListAsync(
            "SELECT state, COUNT(*) FROM printing_jobs GROUP BY state", row => (State: (JobState)row.GetInt64(0), Jobs: row.GetInt64(1)))).ToDictionary();

        // Ready jobs of an office without blanks are shown as held.
        Merge(jobs);
        Merge(rows);
        if (enqueued != rows.Values.Sum() || jobs.Any(total => total.Value != rows.GetValueOrDefault(total.Key)))
        {
            throw new ViolationException($"5: {enqueued} jobs were enqueued, the totals say {string.Join(", ", jobs)}, and the jobs are {string.Join(", ", rows)}.");
        }
    }

    private static void Merge(Dictionary<JobState, long> jobs)
    {
        jobs[JobState.Held] = jobs.GetValueOrDefault(JobState.Held) + jobs.GetValueOrDefault(JobState.Ready);
        jobs.Remove(JobState.Ready);
    }

    private void CheckEpochs()
    {
        foreach (var (job, epoch, last) in world.Store.Look(tx => tx.ListAsync(
            "SELECT j.job_id, j.epoch, (SELECT MAX(epoch) FROM printing_attempts a WHERE a.job_id = j.job_id) FROM printing_jobs j",
            row => (row.GetString(0), row.GetInt64(1), row.IsNull(2) ? 0 : row.GetInt64(2)))))
        {
            if (epoch < _epochs.GetValueOrDefault(job) || last > epoch)
            {
                throw new ViolationException($"6: the epoch of job {job} went from {_epochs.GetValueOrDefault(job)} to {epoch}, and it was started under {last}.");
            }

            _epochs[job] = epoch;
        }
    }

    private void None(string rule, string sql)
    {
        if (world.Store.Look(tx => tx.FirstAsync(sql, row => row.GetValue(0))) is { } found)
        {
            throw new ViolationException($"{rule}: {found}");
        }
    }
}
