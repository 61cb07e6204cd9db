using Ktp.Health.V1;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Repairs;

/// <summary>How many of a part an office has on its shelf.</summary>
internal sealed record PartCount(RegionCode Office, DeviceKind Kind, string Part, int Count)
{
    /// <summary>Sorts by office.</summary>
    public string Key => $"{Office}/{DeviceKey.NameOf(Kind)}/{Part}";
}

/// <summary>The SQL of parts on hand; what changes them are facts.</summary>
internal static class PartStore
{
    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("repair_parts");
        catalog.Add(PartsSet.Kind, RepairJson.Default.PartsSet, ApplyAsync);
    }

    /// <summary>Kinds of parts of which there is at least one, by office.</summary>
    public static ValueTask<List<PartCount>> ListAsync(Tx tx, RegionCode below, string after, int limit) => tx.ListAsync(
        "SELECT office, kind, part, count FROM repair_parts WHERE parts_key >= $1 AND parts_key < $2 AND parts_key > $3 AND count > 0 ORDER BY parts_key LIMIT $4",
        row => new PartCount(RegionCode.Trusted(row.GetString(0)), (DeviceKind)row.GetInt64(1), row.GetString(2), (int)row.GetInt64(3)), below.Range.From, below.Range.To, after, limit);

    public static ValueTask<long> LockAsync(Tx tx, RegionCode office, DeviceKind kind, string part) => tx.NumberAsync(
        $"SELECT count FROM repair_parts WHERE parts_key = $1 {tx.Dialect.ForUpdate}", new PartCount(office, kind, part, 0).Key);

    public static async ValueTask TakeAsync(Tx tx, RegionCode office, DeviceKind kind, string part) => await tx.ExecuteAsync(
        "UPDATE repair_parts SET count = count - 1 WHERE parts_key = $1", new PartCount(office, kind, part, 0).Key);

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, PartsSet fact)
    {
        var parts = new PartCount(RegionCode.Trusted(fact.Region), fact.DeviceKind, fact.Part, fact.Count);
        await tx.ExecuteAsync(
            "INSERT INTO repair_parts (parts_key, office, kind, part, count) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (parts_key) DO UPDATE SET count = excluded.count",
            parts.Key, fact.Region, fact.DeviceKind, fact.Part, fact.Count);
    }
}
