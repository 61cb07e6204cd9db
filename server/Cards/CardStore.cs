using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Stations;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>The SQL that reads the ledger of cards, and locks what a rule decides on. Facts change it: see <see cref="CardFold"/>.</summary>
internal static class CardStore
{
    private const string CardColumns = "serial, office, state, station_id, reason, elsewhere, transfer_id, destruction_id";

    public static ValueTask<Card?> FindAsync(Tx tx, long serial) =>
        tx.FirstAsync($"SELECT {CardColumns} FROM cards WHERE serial = $1", Read, serial);

    public static ValueTask<Card?> LockAsync(Tx tx, long serial) =>
        tx.FirstAsync($"SELECT {CardColumns} FROM cards WHERE serial = $1 {tx.Dialect.ForUpdate}", Read, serial);

    /// <summary>The cards of a range that are known, rising, locked.</summary>
    public static ValueTask<List<Card>> LockRangeAsync(Tx tx, SerialRange serials) => tx.ListAsync(
        $"SELECT {CardColumns} FROM cards WHERE serial >= $1 AND serial <= $2 ORDER BY serial {tx.Dialect.ForUpdate}", Read, serials.First, serials.Last);

    /// <summary>The blank that a station's printer takes next, locked; null when its hopper is empty.</summary>
    public static ValueTask<long?> LockLowestInHopperAsync(Tx tx, StationId station) => tx.FirstAsync<long?>(
        $"SELECT serial FROM cards WHERE station_id = $1 AND state = 2 ORDER BY serial LIMIT 1 {tx.Dialect.SkipLocked}", row => row.GetInt64(0), station.Value);

    /// <summary>Blanks in a station's hopper now.</summary>
    public static ValueTask<long> CountHopperAsync(Tx tx, StationId station) =>
        tx.NumberAsync("SELECT hopper FROM cards_counts WHERE holder = $1", station.Value);

    /// <summary>All blanks in a station's hopper, locked: one that is being fed at this moment is waited for.</summary>
    public static ValueTask<List<long>> LockHopperAsync(Tx tx, StationId station) => tx.ListAsync(
        $"SELECT serial FROM cards WHERE station_id = $1 AND state = 2 ORDER BY serial {tx.Dialect.ForUpdate}", row => row.GetInt64(0), station.Value);

    /// <summary>Blanks in an office's vault; those who take from it or add to it wait for each other.</summary>
    public static ValueTask<long> LockVaultAsync(Tx tx, RegionCode office) =>
        tx.NumberAsync($"SELECT vault FROM cards_counts WHERE holder = $1 {tx.Dialect.ForUpdate}", office.Value);

    public static ValueTask<List<long>> LowestInVaultAsync(Tx tx, RegionCode office, long count) => tx.ListAsync(
        "SELECT serial FROM cards WHERE office = $1 AND state = 1 ORDER BY serial LIMIT $2", row => row.GetInt64(0), office.Value, count);

    /// <summary>The serials of an office in a state, rising; whoever decides on them holds the vault's lock.</summary>
    public static ValueTask<List<long>> ListSerialsAsync(Tx tx, RegionCode office, CardState state) => tx.ListAsync(
        $"SELECT serial FROM cards WHERE office = $1 AND state = {(int)state} ORDER BY serial", row => row.GetInt64(0), office.Value);

    /// <summary>How many cards of a range are in an office's books in a state.</summary>
    public static ValueTask<long> CountAsync(Tx tx, RegionCode office, CardState state, SerialRange serials) => tx.NumberAsync(
        "SELECT COUNT(*) FROM cards WHERE serial >= $1 AND serial <= $2 AND office = $3 AND state = $4", serials.First, serials.Last, office.Value, state);

    /// <summary>The first serial of a range that any office knows.</summary>
    public static ValueTask<long?> FirstKnownAsync(Tx tx, SerialRange serials) => tx.FirstAsync<long?>(
        "SELECT serial FROM cards WHERE serial >= $1 AND serial <= $2 ORDER BY serial LIMIT 1", row => row.GetInt64(0), serials.First, serials.Last);

    public static ValueTask<List<Card>> ListInStateAsync(Tx tx, RegionCode office, CardState state, long after, int limit) => tx.ListAsync(
        $"SELECT {CardColumns} FROM cards WHERE office = $1 AND state = {(int)state} AND serial > $2 ORDER BY serial LIMIT $3", Read, office.Value, after, limit);

    /// <summary>The cards of a region: of its hand-overs, and of every vault and station in it.</summary>
    public static async ValueTask<Balance> GetBalanceAsync(Tx tx, RegionCode region)
    {
        var (from, to) = region.Range;
        var received = await tx.NumberAsync(
            "SELECT CAST(SUM(last_serial - first_serial + 1) AS BIGINT) FROM cards_receipts WHERE office >= $1 AND office < $2", from, to);
        string[] columns =
        [
            "vault", "hopper", "consuming", "issued", "spoiled", "custody", "listed", "destroyed", "missing", "transferred_in", "transferred_out", "elsewhere",
        ];
        var sums = string.Join(", ", columns.Select(column => $"CAST(COALESCE(SUM({column}), 0) AS BIGINT)"));
        return await tx.FirstAsync(
            $"SELECT {sums} FROM cards_counts WHERE holder >= $1 AND holder < $2",
            row => new Balance(
                received, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7),
                row.GetInt64(8), row.GetInt64(9), row.GetInt64(10), row.GetInt64(11)),
            from, to)
            ?? throw new InvalidDataException("A sum has no row.");
    }

    private static Card Read(Row row) => new(
        row.GetInt64(0), RegionCode.Trusted(row.GetString(1)), (CardState)row.GetInt64(2),
        row.GetStringOrNull(3) is { } station ? StationId.Trusted(station) : null, row.IsNull(4) ? null : (InvalidReason)row.GetInt64(4))
    {
        IssuedElsewhere = row.GetInt64(5) != 0,
        TransferId = row.GetStringOrNull(6),
        DestructionId = row.GetStringOrNull(7),
    };
}
