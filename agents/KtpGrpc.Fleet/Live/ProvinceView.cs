using Ktp.Health.V1;
using Ktp.Printing.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KtpGrpc.Fleet.Live;

/// <summary>Draws a picture of a province for the terminal: a line for each regency, a sign for each of its desks.</summary>
internal static class ProvinceView
{
    /// <summary>Lines that are always there; what is left of the terminal is for incidents.</summary>
    private const int FixedLines = 12;
    private const int LeastIncidents = 3;

    /// <summary>What the other columns take of the width.</summary>
    private const int OtherColumns = 90;
    private const int LeastReason = 24;

    public static IRenderable Draw(FleetPlan plan, Technicians? technicians, CityPicture province, DateTimeOffset now, FleetPlaces places, string? away, (int Width, int Height) screen) => new Rows(
        CityView.Head(plan, now),
        Regencies(plan, technicians, province, now, Math.Max(LeastReason, screen.Width - OtherColumns)),
        new Markup($"[grey]each desk by the worst of its kit:[/] {Sign(ConditionState.Healthy)} healthy  {Sign(ConditionState.Degraded)} degraded  {Sign(ConditionState.Failing)} failing  {Sign(ConditionState.Failed)} failed  {Sign(ConditionState.Unknown)} not heard"),
        Figures(plan, technicians, province, now),
        CityView.Incidents(plan, province, Math.Max(LeastIncidents, screen.Height - FixedLines - plan.Offices.Count)),
        CityView.Foot(places, away));

    private static Table Regencies(FleetPlan plan, Technicians? technicians, CityPicture province, DateTimeOffset now, int reasonWidth)
    {
        var worst = province.Conditions.GroupBy(condition => condition.StationId).ToDictionary(desk => desk.Key, CityPicture.WorstOf);
        var names = plan.File.Regions.ToDictionary(region => region.Code, region => region.Name);
        var underway = technicians?.Underway.ToLookup(trip => trip.StationId[..5]);
        var table = new Table().Border(TableBorder.Simple).Expand().AddColumns("", "regency", "desks", "weather", "what is worst", "technician");
        foreach (var office in plan.Offices)
        {
            var desks = plan.StationIds.Where(id => id.StartsWith(office, StringComparison.Ordinal)).Select(id => (Id: id, Worst: worst.GetValueOrDefault(id))).ToList();
            var gravest = desks.Where(desk => desk.Worst?.State > ConditionState.Healthy).OrderByDescending(desk => desk.Worst!.State).Select(desk => desk.Worst!).FirstOrDefault();
            var trips = string.Join(", ", underway?[office].Select(trip => $"{trip.Technician + 1}, there {trip.There:ddd d MMM}") ?? []);
            table.AddRow(
                new Markup($"[grey]{office}[/]"),
                new Markup(Markup.Escape(names[office])),
                new Markup(string.Concat(desks.Select(desk => Sign(desk.Worst?.State ?? ConditionState.Unknown)))),
                new Markup(plan.Storms.Any(storm => storm.Covers(office, now)) ? "[blue]storm[/]" : ""),
                new Markup(gravest is null ? "" : $"{CityView.Coloured(gravest.State)} [grey]{gravest.StationId[6..]} {(gravest.Device.Kind == DeviceKind.Station ? "desk" : gravest.Device.Kind.ToString().ToLowerInvariant())}[/] {Markup.Escape(Short(gravest.Evidence.FirstOrDefault()?.Summary ?? "", reasonWidth))}"),
                new Markup(trips));
        }

        return table;
    }

    private static Markup Figures(FleetPlan plan, Technicians? technicians, CityPicture province, DateTimeOffset now) => new(
        $"kits that record [bold]{plan.WorkingKits(plan.File.City, now):N0}[/] of {plan.StationIds.Count}  repairs [bold]{technicians?.Repaired ?? 0:N0}[/], met before death [bold]{plan.Lives.All.Count(life => life.IsSaved):N0}[/]"
        + $"  trips {technicians?.Trips ?? 0:N0}   queue {province.JobsIn(JobState.Ready) + province.JobsIn(JobState.Held):N0}  printed [bold]{province.JobsIn(JobState.Printed):N0}[/]"
        + $"   blanks left {province.Blanks.Vault + province.Blanks.Hopper:N0}"
        + $"   recorded [bold]{province.Coverage.Recorded:N0}[/] of {province.Coverage.Obliged:N0}");

    private static string Short(string reason, int width) => reason.Length <= width ? reason : reason[..(width - 1)] + "…";

    private static string Sign(ConditionState state) => state switch
    {
        ConditionState.Healthy => "[green]●[/]",
        ConditionState.Degraded => "[yellow]◐[/]",
        ConditionState.Failing => "[darkorange]◑[/]",
        ConditionState.Failed => "[red]✕[/]",
        _ => "[grey]○[/]",
    };
}
