using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

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
            WHERE a.blank_bound = 1 AND ((a.state IN (1, 5) AND c.state = 2) OR (a.state = 2 AND c.state IN (1, 2, 6)) OR (a.state = 3 AND c.state IN (1, 2, 4, 6)))
            """);
        CheckCards();
        None("4: a START has no state",
            "SELECT job_id FROM printing_attempts WHERE state NOT IN (1, 2, 3, 4, 5)");
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
            "SELECT serial FROM cards WHERE state = 9 AND destruction_id IS NULL");
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
            foreach (var (state, counted) in ((CardState, long)[])
            [
                (CardState.Vault, balance.Vault), (CardState.Hopper, balance.Hopper), (CardState.Consuming, balance.Consuming), (CardState.Issued, balance.Issued),
                (CardState.Spoiled, balance.Spoiled), (CardState.Custody, balance.Custody), (CardState.Listed, balance.Listed),
                (CardState.Destroyed, balance.Destroyed), (CardState.Missing, balance.Missing),
            ])
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
        var (enqueued, jobs) = world.Store.Look(tx => JobStore.GetTotalsAsync(tx, RegionCode.Country));
        var rows = world.Store.Look(tx => tx.ListAsync(
            "SELECT state, COUNT(*) FROM printing_jobs GROUP BY state", row => (State: (JobState)row.GetInt64(0), Jobs: row.GetInt64(1)))).ToDictionary();
        if (enqueued != rows.Values.Sum() || jobs.Any(total => total.Value != rows.GetValueOrDefault(total.Key)))
        {
            throw new ViolationException($"5: {enqueued} jobs were enqueued, the totals say {string.Join(", ", jobs)}, and the jobs are {string.Join(", ", rows)}.");
        }
    }

    private void CheckEpochs()
    {
        foreach (var (job, epoch, last) in world.Store.Look(tx => tx.ListAsync(
            "SELECT j.job_id, j.epoch, (SELECT MAX(epoch) FROM printing_attempts a WHERE a.job_id = j.job_id) FROM printing_jobs j",
            row => (row.GetString(0), row.GetInt64(1), row.IsDBNull(2) ? 0 : row.GetInt64(2)))))
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
