using KtpGrpc.Server.Cards;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Destruction;

/// <summary>The SQL that reads destructions. Facts change them: see <see cref="DestructionFold"/>.</summary>
internal static class DestructionStore
{
    private const string Columns =
        "destruction_id, office, state, method, place, opened_at, opened_by, closed_at, closed_by, list_sha256, sealed_at, number, record, public_key, signature";

    public static ValueTask<DestructionAct?> FindAsync(Tx tx, string id) => FindAsync(tx, id, "");

    /// <summary>Locked: whoever decides on its list or its signatures waits for the others.</summary>
    public static ValueTask<DestructionAct?> LockAsync(Tx tx, string id) => FindAsync(tx, id, tx.Dialect.ForUpdate);

    /// <summary>Oldest first; the id begins with the moment of opening.</summary>
    public static async ValueTask<List<DestructionAct>> ListAsync(Tx tx, RegionCode office, string after, int limit) => await WholeAsync(tx, await tx.ListAsync(
        $"SELECT {Columns} FROM destructions WHERE office = $1 AND destruction_id > $2 ORDER BY destruction_id LIMIT $3", Read, office.Value, after, limit));

    /// <summary>What was sealed from a moment to before another, by number.</summary>
    public static async ValueTask<List<DestructionAct>> ListSealedAsync(Tx tx, RegionCode office, DateTimeOffset from, DateTimeOffset to) => await WholeAsync(tx, await tx.ListAsync(
        $"SELECT {Columns} FROM destructions WHERE office = $1 AND sealed_at >= $2 AND sealed_at < $3 ORDER BY number", Read, office.Value, from, to));

    /// <summary>How many numbers begin so; two who give the same number at once decide anew, by its unique key.</summary>
    public static ValueTask<long> CountNumbersAsync(Tx tx, string prefix) =>
        tx.NumberAsync("SELECT COUNT(*) FROM destructions WHERE number >= $1 AND number < $2", prefix, prefix + "~");

    /// <summary>The cards of a list by reason, rising.</summary>
    public static ValueTask<List<(InvalidReason Reason, long Serial)>> ListCardsAsync(Tx tx, string id) => tx.ListAsync(
        "SELECT reason, serial FROM cards WHERE destruction_id = $1 ORDER BY reason, serial", row => ((InvalidReason)row.GetInt64(0), row.GetInt64(1)), id);

    private static async ValueTask<DestructionAct?> FindAsync(Tx tx, string id, string locked) =>
        await tx.FirstAsync($"SELECT {Columns} FROM destructions WHERE destruction_id = $1 {locked}", Read, id) is { } act ? await WholeAsync(tx, act) : null;

    private static async ValueTask<List<DestructionAct>> WholeAsync(Tx tx, List<DestructionAct> acts)
    {
        for (var i = 0; i < acts.Count; i++)
        {
            acts[i] = await WholeAsync(tx, acts[i]);
        }

        return acts;
    }

    private static async ValueTask<DestructionAct> WholeAsync(Tx tx, DestructionAct act) => act with
    {
        Totals = await tx.ListAsync(
            "SELECT reason, cards FROM destruction_totals WHERE destruction_id = $1 AND cards > 0 ORDER BY reason",
            row => new ReasonTotal((InvalidReason)row.GetInt64(0), row.GetInt64(1)), act.Id),
        Signatories = await tx.ListAsync(
            """
            SELECT operator, role, on_behalf_of, total, list_sha256, signed_at FROM destruction_signatories
            WHERE destruction_id = $1 ORDER BY signed_at, operator
            """,
            row => new Signatory(row.GetString(0), (SignatoryRole)row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetMoment(5)), act.Id),
    };

    private static DestructionAct Read(Row row) => new(
        row.GetString(0), RegionCode.Trusted(row.GetString(1)), (DestructionState)row.GetInt64(2), (DestructionMethod)row.GetInt64(3), row.GetString(4),
        row.GetMoment(5), row.GetString(6))
    {
        ClosedAt = row.GetMomentOrNull(7),
        ClosedBy = row.GetStringOrNull(8),
        ListSha256 = row.GetStringOrNull(9),
        SealedAt = row.GetMomentOrNull(10),
        Number = row.GetStringOrNull(11),
        Record = row.GetStringOrNull(12),
        Signature = row.GetStringOrNull(13) is { } publicKey ? new FileSignature(FileSignature.EcdsaP256, publicKey, row.GetString(14)) : null,
    };
}
