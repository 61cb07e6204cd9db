using KtpGrpc.Server.Printing;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Coverage;

/// <summary>Targets, and what they are measured by: of a region, of what lies below it and of what holds from above.</summary>
/// <param name="Targets">By the region they were set for.</param>
/// <param name="Recent">Citizens recorded in the window, by district.</param>
internal sealed record TargetBook(
    PaceWindow Window, IReadOnlyDictionary<string, DateOnly> Targets, IReadOnlyList<(RegionCode District, CoverageFigures Figures)> Districts,
    IReadOnlyDictionary<string, long> Recent, IReadOnlyList<Supply> Supplies)
{
    /// <summary>A region's own target, else that of the nearest region above it.</summary>
    public Target? Of(RegionCode region) =>
        Targets.TryGetValue(region.Value, out var date) ? new Target(region.Value, date) : region.Depth == 0 ? null : Of(region.Parent);

    /// <summary>A region's districts by their own targets, together; those without one are left out.</summary>
    public Outlook Look(RegionCode region) => Outlook.Sum(
        [.. Looked(region).Select(district => district.Outlook)],
        Of(region) is { } target ? WorkingDays.Count(Window.Today, target.Date) : 0);

    /// <summary>
    /// Blanks that the offices of a region lack by their target: for the cards they owe, and for those recorded until then at
    /// today's pace, spoilage of the last days included. Null for a district, which has none of its own.
    /// </summary>
    public long? BlanksShort(RegionCode region)
    {
        if (region.Depth > 2)
        {
            return null;
        }

        var toCome = Looked(region).GroupBy(district => district.District.Office).ToDictionary(office => office.Key, office => office.Sum(district => district.Outlook.Expected));
        var supplies = Supplies.Where(supply => region.Contains(supply.Office)).ToDictionary(supply => supply.Office);
        return supplies.Keys.Union(toCome.Keys).Where(office => Of(office) is not null || toCome.ContainsKey(office)).Sum(office =>
        {
            var supply = supplies.GetValueOrDefault(office) ?? new Supply(office, 0, 0, [], null);
            return (supply with { Backlog = supply.Backlog + toCome.GetValueOrDefault(office) }).Short;
        });
    }

    private IEnumerable<(RegionCode District, Outlook Outlook)> Looked(RegionCode region) =>
        from district in Districts
        where region.Contains(district.District)
        let target = Of(district.District)
        where target is not null
        select (district.District, Outlook.Of(district.Figures, Window.PerDay(Recent.GetValueOrDefault(district.District.Value)), target.Date, Window.Today));
}
