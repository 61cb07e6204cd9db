namespace KtpGrpc.Server.Storage;

/// <summary>What the two engines write differently; every other line of SQL serves both.</summary>
internal sealed record Dialect(string ForUpdate, string SkipLocked, string Identity)
{
    /// <summary>One writer: rows need no locks, and the order of ids is the order of commits.</summary>
    public static readonly Dialect Sqlite = new(
        ForUpdate: "",
        SkipLocked: "",
        Identity: "INTEGER PRIMARY KEY AUTOINCREMENT");

    /// <summary>Many writers: rows that are decided on are locked, and an id may become visible after a higher one.</summary>
    public static readonly Dialect Postgres = new(
        ForUpdate: "FOR UPDATE",
        SkipLocked: "FOR UPDATE SKIP LOCKED",
        Identity: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY");

    /// <summary>Fills the name in double braces that a migration uses.</summary>
    public string Fill(string sql) => sql.Replace("{{identity}}", Identity, StringComparison.Ordinal);
}
