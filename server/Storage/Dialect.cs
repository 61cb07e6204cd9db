namespace KtpGrpc.Server.Storage;

/// <summary>What the two engines write differently; every other line of SQL serves both.</summary>
internal sealed record Dialect(string ForUpdate, string SkipLocked, string Identity, string TransactionId, string OwnAndOldestTransaction)
{
    /// <summary>One writer: rows need no locks, and the order of ids is the order of commits.</summary>
    public static readonly Dialect Sqlite = new(
        ForUpdate: "",
        SkipLocked: "",
        Identity: "INTEGER PRIMARY KEY AUTOINCREMENT",
        TransactionId: "0",
        OwnAndOldestTransaction: "SELECT 0, 0");

    /// <summary>
    /// Many writers: an id may become visible late, so a reader that must miss nothing waits until every transaction that was
    /// running when it first saw an id has ended.
    /// </summary>
    public static readonly Dialect Postgres = new(
        ForUpdate: "FOR UPDATE",
        SkipLocked: "FOR UPDATE SKIP LOCKED",
        Identity: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        TransactionId: "(pg_current_xact_id()::text::bigint)",
        OwnAndOldestTransaction: "SELECT pg_current_xact_id()::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint");

    /// <summary>Fills the names in double braces that a migration uses.</summary>
    public string Fill(string sql) => sql
        .Replace("{{identity}}", Identity, StringComparison.Ordinal)
        .Replace("{{transaction-id}}", TransactionId, StringComparison.Ordinal);
}
