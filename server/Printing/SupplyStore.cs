using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Printing;

/// <summary>The SQL of supplies: what the offices of a region have, owe and use.</summary>
internal static class SupplyStore
{
    /// <summary>By office; only those that have blanks or owe cards.</summary>
    public static async ValueTask<List<Supply>> ListAsync(Tx tx, RegionCode region, DateTimeOffset now)
    {
        var (from, to) = region.Range;
        var blanks = await tx.ListAsync(
            "SELECT substr(holder, 1, 5), CAST(SUM(vault + hopper) AS BIGINT) FROM cards_counts WHERE holder >= $1 AND holder < $2 GROUP BY 1", Number, from, to);
        var backlog = await tx.ListAsync(
            "SELECT substr(region, 1, 5), CAST(SUM(held + ready + leased + started) AS BIGINT) FROM printing_totals WHERE region >= $1 AND region < $2 GROUP BY 1",
            Number, from, to);
        var ribbons = await tx.ListAsync(
            "SELECT office, CAST(SUM(ribbon_left) AS BIGINT) FROM printing_supplies WHERE office >= $1 AND office < $2 AND ribbon_left IS NOT NULL GROUP BY office",
            Number, from, to);
        var days = (await UseStore.ListAsync(tx, region, UseStore.DayOf(now) - Supply.DaysSeen + 1)).ToLookup(day => day.Office);
        var (has, owes, left) = (blanks.ToDictionary(), backlog.ToDictionary(), ribbons.ToDictionary());
        return [.. has.Keys.Union(owes.Keys).Order(StringComparer.Ordinal)
            .Select(office => new Supply(
                RegionCode.Trusted(office), has.GetValueOrDefault(office), owes.GetValueOrDefault(office), [.. days[office]],
                left.TryGetValue(office, out var cards) ? cards : null))
            .Where(supply => supply.Blanks > 0 || supply.Backlog > 0)];
    }

    private static KeyValuePair<string, long> Number(Row row) => new(row.GetString(0), row.GetInt64(1));
}
