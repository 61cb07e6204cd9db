using KtpGrpc.Server.Citizens;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Cards;

/// <summary>The SQL of sukets.</summary>
internal static class SuketStore
{
    private const string Columns = "number, office, cause, issued_at, valid_until, replaced_at";

    public static ValueTask<Suket?> FindAsync(Tx tx, string number) => tx.FirstAsync($"SELECT {Columns} FROM cards_sukets WHERE number = $1", Read, number);

    public static ValueTask<List<Suket>> ListOfAsync(Tx tx, CitizenId citizen) =>
        tx.ListAsync($"SELECT {Columns} FROM cards_sukets WHERE citizen_id = $1", Read, citizen.Value);

    /// <summary>How many an office has given in a year; two who give the same number at once decide anew, by its unique key.</summary>
    public static ValueTask<long> CountAsync(Tx tx, RegionCode office, DateTimeOffset now)
    {
        var prefix = Suket.Prefix(office, now);
        return tx.NumberAsync("SELECT COUNT(*) FROM cards_sukets WHERE number >= $1 AND number < $2", prefix, prefix + "~");
    }

    public static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, SuketIssued fact) => await tx.ExecuteAsync(
        "INSERT INTO cards_sukets (number, office, citizen_id, cause, issued_at, valid_until) VALUES ($1, $2, $3, $4, $5, $6)",
        fact.Number, fact.Region, fact.CitizenId, fact.Cause, at, fact.ValidUntil);

    /// <summary>The citizen was given his card, as a fact says that is being applied.</summary>
    public static async ValueTask ReplaceAsync(Tx tx, string citizenId, DateTimeOffset at) => await tx.ExecuteAsync(
        "UPDATE cards_sukets SET replaced_at = $1 WHERE citizen_id = $2 AND replaced_at IS NULL", at, citizenId);

    private static Suket Read(Row row) => new(
        row.GetString(0), RegionCode.Trusted(row.GetString(1)), (SuketCause)row.GetInt64(2), row.GetMoment(3), row.GetMoment(4), row.GetMomentOrNull(5));
}
