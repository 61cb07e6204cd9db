using Ktp.Cards.V1;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Printing.V1;
using KtpGrpc.Fleet.Plan;
using KtpGrpc.Fleet.Run;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KtpGrpc.Fleet.Live;

/// <summary>Draws a picture of the city for the terminal; every colour stands beside its word and its reason.</summary>
internal static class CityView
{
    private const int MostIncidents = 8;
    private const int BarWidth = 40;

    public static IRenderable Draw(FleetPlan plan, IReadOnlyList<FleetStation> stations, CityPicture city, DateTimeOffset now, FleetPlaces places, string? away)
    {
        return new Rows(
            Head(plan, now),
            Stations(plan, stations, city),
            Figures(city),
            SpoiledCards(city.Blanks),
            Incidents(plan, city, MostIncidents),
            Foot(places, away));
    }

    public static Markup Head(FleetPlan plan, DateTimeOffset now)
    {
        var name = plan.File.Regions.First(region => region.Code == plan.File.City).Name;
        var local = plan.File.UtcOffset.Local(now);
        return new Markup($"[bold]{Markup.Escape(name)} ({plan.File.City})[/]  {local:dddd d MMMM yyyy HH:mm}  {Bar(Progress.Of(plan, now))}");
    }

    public static Markup Foot(FleetPlaces places, string? away) => new(away is null
        ? $"[grey]pages {places.Pages}  metrics {places.Pages}metrics  control {places.Control}  uploads {places.Upload}  Ctrl-C ends[/]"
        : $"[red]waiting for the server: {Markup.Escape(away)}[/]");

    private static Table Stations(FleetPlan plan, IReadOnlyList<FleetStation> stations, CityPicture city)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand().AddColumns("station", "desk", "condition", "device", "reason", "packets", "hopper");
        foreach (var station in stations)
        {
            var worst = city.WorstOf(station.Id);
            var since = worst?.Since is { } moment ? $" since {plan.File.UtcOffset.Local(moment.ToDateTimeOffset()):d MMM yyyy}" : "";
            var sick = worst is not null && worst.State != ConditionState.Healthy;
            table.AddRow(
                new Markup(station.Id),
                new Markup(Markup.Escape(station.Desk.Name)),
                new Markup($"{Coloured(worst?.State ?? ConditionState.Unknown)}{(sick ? since : "")}"),
                new Markup(sick ? worst!.Device.Kind.ToString().ToLowerInvariant() : ""),
                new Markup(Markup.Escape(sick ? worst!.Evidence.FirstOrDefault()?.Summary ?? "" : "")),
                new Markup($"{station.Sealed.Count}"),
                new Markup(station.Printer is { } printer ? $"{printer.Hopper}" : "-"));
        }

        return table;
    }

    private static Markup Figures(CityPicture city) => new(
        $"queue [bold]{city.JobsIn(JobState.Ready) + city.JobsIn(JobState.Held):N0}[/]  printed [bold]{city.JobsIn(JobState.Printed):N0}[/]"
        + $"  unknown {city.JobsIn(JobState.Unknown):N0}  quarantined {city.JobsIn(JobState.Quarantined):N0}"
        + $"   blanks left [bold]{city.Blanks.Vault + city.Blanks.Hopper:N0}[/] of {city.Blanks.Received:N0}"
        + $"   recorded [bold]{city.Coverage.Recorded:N0}[/] of {city.Coverage.Obliged:N0}, waiting {city.Coverage.Obliged - city.Coverage.Recorded:N0}");

    private static Markup SpoiledCards(Balance books) => new(
        $"spoiled cards  at the desks {books.Spoiled:N0}  in custody [bold]{books.Custody + books.Listed:N0}[/]  destroyed before witnesses [bold]{books.Destroyed:N0}[/]");

    public static Panel Incidents(FleetPlan plan, CityPicture city, int most)
    {
        var lines = city.Incidents
            .OrderByDescending(incident => incident.Severity).ThenByDescending(incident => incident.OpenedAt.ToDateTimeOffset())
            .Take(most)
            .Select(incident => $"{Coloured(incident.Severity)} {plan.File.UtcOffset.Local(incident.OpenedAt.ToDateTimeOffset()):d MMM yyyy HH:mm}  {Markup.Escape(incident.Summary)}")
            .ToList();
        return new Panel(new Markup(lines.Count > 0 ? string.Join('\n', lines) : "[green]none[/]")).Header($" open incidents: {city.Incidents.Count} ").Expand();
    }

    private static string Bar(double share)
    {
        var full = (int)(share * BarWidth);
        return $"[blue]{new string('━', full)}[/][grey]{new string('─', BarWidth - full)}[/] {share:P0}";
    }

    public static string Coloured(ConditionState state) => state switch
    {
        ConditionState.Healthy => "[green]healthy[/]",
        ConditionState.Degraded => "[yellow]degraded[/]",
        ConditionState.Failing => "[darkorange]failing[/]",
        ConditionState.Failed => "[red]failed[/]",
        _ => "[grey]unknown[/]",
    };

    private static string Coloured(IncidentSeverity severity) => severity switch
    {
        IncidentSeverity.Critical => "[red]critical[/]",
        IncidentSeverity.Warning => "[yellow]warning [/]",
        _ => "[grey]notice  [/]",
    };
}
