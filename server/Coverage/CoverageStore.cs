using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;

namespace KtpGrpc.Server.Coverage;

/// <summary>The SQL of coverage; what changes it are facts.</summary>
internal static class CoverageStore
{
    public static void AddTo(FactCatalog catalog)
    {
        catalog.AddTables("coverage_obliged", "coverage_citizens", "coverage_totals", "coverage_days", "coverage_targets");
        catalog.Add(ObligedSet.Kind, CoverageJson.Default.ObligedSet, ApplyAsync);
        catalog.Add(CitizenRecorded.Kind, CoverageJson.Default.CitizenRecorded, ApplyAsync);
        catalog.Add(TargetSet.Kind, CoverageJson.Default.TargetSet, TargetStore.ApplyAsync);
    }

    public static async ValueTask<bool> IsRecordedAsync(Tx tx, string citizenId) =>
        await tx.NumberAsync("SELECT COUNT(*) FROM coverage_citizens WHERE citizen_id = $1", citizenId) > 0;

    /// <summary>
    /// Makes two officers who count one district take turns, at the country's row, which every change touches first; it is made
    /// where it is missing, since nobody can wait for a row that is not there.
    /// </summary>
    public static ValueTask<int> LockAsync(Tx tx) => tx.ExecuteAsync(
        """
        INSERT INTO coverage_totals (region, parent, obliged, recorded) VALUES ('', '-', 0, 0)
        ON CONFLICT (region) DO UPDATE SET obliged = coverage_totals.obliged
        """);

    public static ValueTask<CoverageFigures> FindAsync(Tx tx, RegionCode region) => tx.FirstAsync(
        "SELECT obliged, recorded FROM coverage_totals WHERE region = $1", row => new CoverageFigures(row.GetInt64(0), row.GetInt64(1)), region.Value);

    public static async ValueTask<Dictionary<string, CoverageFigures>> ListBelowAsync(Tx tx, RegionCode region) => (await tx.ListAsync(
        "SELECT region, obliged, recorded FROM coverage_totals WHERE parent = $1", row => (row.GetString(0), new CoverageFigures(row.GetInt64(1), row.GetInt64(2))), region.Value))
        .ToDictionary();

    /// <summary>Every province that has figures.</summary>
    public static ValueTask<List<(string Region, CoverageFigures Figures)>> ListProvincesAsync(Tx tx) => tx.ListAsync(
        "SELECT region, obliged, recorded FROM coverage_totals WHERE length(region) = 2 ORDER BY region",
        row => (row.GetString(0), new CoverageFigures(row.GetInt64(1), row.GetInt64(2))));

    /// <summary>Every regency and city of a region that has figures.</summary>
    public static async ValueTask<Dictionary<string, CoverageFigures>> ListOfficesAsync(Tx tx, RegionCode region) => (await tx.ListAsync(
        "SELECT region, obliged, recorded FROM coverage_totals WHERE length(region) = 5 AND region >= $1 AND region < $2",
        row => (row.GetString(0), new CoverageFigures(row.GetInt64(1), row.GetInt64(2))), region.Range.From, region.Range.To)).ToDictionary();

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, ObligedSet fact)
    {
        var before = await tx.FirstAsync(
            "SELECT obliged, recorded_before, as_of FROM coverage_obliged WHERE region = $1",
            row => new DistrictCount(row.GetInt64(0), row.GetInt64(1), row.GetMoment(2)), fact.Region);
        await tx.ExecuteAsync(
            """
            INSERT INTO coverage_obliged (region, obliged, recorded_before, as_of) VALUES ($1, $2, $3, $4)
            ON CONFLICT (region) DO UPDATE SET obliged = excluded.obliged, recorded_before = excluded.recorded_before, as_of = excluded.as_of
            """,
            fact.Region, fact.Obliged, fact.RecordedBefore, fact.AsOf);
        await AddAsync(tx, CoverageTree.Above(RegionCode.Trusted(fact.Region)), DistrictCount.Change(before, new DistrictCount(fact.Obliged, fact.RecordedBefore, fact.AsOf)));
    }

    private static async ValueTask ApplyAsync(Tx tx, DateTimeOffset at, CitizenRecorded fact)
    {
        await tx.ExecuteAsync("INSERT INTO coverage_citizens (citizen_id, region) VALUES ($1, $2)", fact.CitizenId, fact.Region);
        var district = RegionCode.Trusted(fact.Region);
        var regions = CoverageTree.Of(district, fact.Village is null ? null : RegionCode.Trusted(fact.Village)).ToList();
        await AddAsync(tx, regions, new CoverageFigures(0, 1));
        var day = LocalDay.Of(district, fact.CapturedAt ?? at);
        foreach (var region in regions)
        {
            await DayStore.CountAsync(tx, region, day);
        }
    }

    private static async ValueTask AddAsync(Tx tx, IEnumerable<RegionCode> regions, CoverageFigures change)
    {
        foreach (var region in regions)
        {
            await tx.ExecuteAsync(
                """
                INSERT INTO coverage_totals (region, parent, obliged, recorded) VALUES ($1, $2, $3, $4)
                ON CONFLICT (region) DO UPDATE SET obliged = coverage_totals.obliged + excluded.obliged, recorded = coverage_totals.recorded + excluded.recorded
                """,
                region.Value, CoverageTree.ParentOf(region), change.Obliged, change.Recorded);
        }
    }
}
