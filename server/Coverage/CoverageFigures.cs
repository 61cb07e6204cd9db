using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Coverage;

/// <summary>How far a region has come.</summary>
/// <param name="Obliged">Citizens of 17 and older, or married.</param>
/// <param name="Recorded">Citizens recorded, each once; may be more than the last count of the obliged.</param>
internal readonly record struct CoverageFigures(long Obliged, long Recorded)
{
    public long Missing => Math.Max(0, Obliged - Recorded);
}

/// <summary>What an officer says of a district.</summary>
/// <param name="RecordedBefore">Citizens that were recorded without this system; those it records are added to them.</param>
internal sealed record DistrictCount(long Obliged, long RecordedBefore, DateTimeOffset AsOf)
{
    /// <summary>More than Indonesia has citizens: what is above is a slip of the finger.</summary>
    public const long Most = 400_000_000;

    /// <summary>How a new count moves the figures of the district and of all above it.</summary>
    public static CoverageFigures Change(DistrictCount? before, DistrictCount now) =>
        new(now.Obliged - (before?.Obliged ?? 0), now.RecordedBefore - (before?.RecordedBefore ?? 0));
}

/// <summary>The regions that a district counts in.</summary>
internal static class CoverageTree
{
    /// <summary>Country, province, regency, district: always from above, so that two writers lock in one order.</summary>
    public static IEnumerable<RegionCode> Above(RegionCode district) =>
        [RegionCode.Country, district.Parent.Parent, district.Parent, district];

    /// <summary>The same for a citizen of whom the village is known where he lives; it counts for nothing above it.</summary>
    public static IEnumerable<RegionCode> Of(RegionCode district, RegionCode? village) => village is { } lives ? [.. Above(district), lives] : Above(district);

    /// <summary>What the tables hold as a region's parent; nothing lies above the country.</summary>
    public static string ParentOf(RegionCode region) => region.Depth == 0 ? "-" : region.Parent.Value;
}
