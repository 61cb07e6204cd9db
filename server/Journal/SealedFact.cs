using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Journal;

/// <summary>A row of the journal that has its position.</summary>
internal sealed record SealedFact(
    long Position, DateTimeOffset At, string Actor, string Region, string Subject, string Kind, string Payload, byte[] Hash)
{
    public const string Columns = "position, at, actor, region, subject, kind, payload, hash";

    public static SealedFact Read(Row row) => new(
        row.IsNull(0) ? -1 : row.GetInt64(0), row.GetMoment(1), row.GetString(2), row.GetString(3), row.GetString(4),
        row.GetString(5), row.GetString(6), row.GetBytes(7));
}
