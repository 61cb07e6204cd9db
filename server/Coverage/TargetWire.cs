using Ktp.Coverage.V1;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Coverage;

/// <summary>Targets as the contract tells them.</summary>
internal static class TargetWire
{
    public static TargetOutlook Of(TargetBook book, RegionCode region, Target target)
    {
        var outlook = book.Look(region);
        var told = new TargetOutlook
        {
            RegionCode = region.Value,
            Date = target.Date.ToText(),
            SetForRegionCode = target.SetFor,
            WorkingDaysLeft = outlook.WorkingDays,
            Missing = outlook.Missing,
            Pace = outlook.Pace,
            Shortfall = outlook.Shortfall,
        };
        if (outlook.PaceNeeded is { } needed)
        {
            told.PaceNeeded = needed;
        }

        if (book.BlanksShort(region) is { } blanks)
        {
            told.BlanksShort = blanks;
        }

        return told;
    }

    /// <summary>Those one level below that have figures.</summary>
    public static IEnumerable<TargetOutlook> Below(TargetBook book, RegionCode region) => book.Districts
        .Select(district => Ancestor(district.District, region.Depth + 1)).Where(below => below.Depth > region.Depth).Distinct()
        .Select(below => Of(book, below, book.Of(below)!));

    private static RegionCode Ancestor(RegionCode district, int depth) => district.Depth > depth ? Ancestor(district.Parent, depth) : district;
}
