using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Incidents;

/// <summary>Adds incidents: a follower that says what a person must know.</summary>
internal static class IncidentFeature
{
    public static IServiceCollection AddIncidents(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(IncidentStore.AddTo));
        services.AddSingleton<Settling>();
        services.AddSingleton<IncidentFollower>();
        services.AddSingleton(provider => new Follower(IncidentFollower.Name, IncidentFollower.Kinds, provider.GetRequiredService<IncidentFollower>().HandleAsync));
        services.AddSingleton(provider => new DomainTimer(
            "incidents.maintenance", IncidentFollower.TimePeriod, provider.GetRequiredService<IncidentFollower>().EndMaintenanceAsync));
        services.AddSingleton(provider => new DomainTimer("incidents.time", IncidentFollower.TimePeriod, provider.GetRequiredService<IncidentFollower>().PassTimeAsync));
        services.AddSingleton<IncidentFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<IncidentFeed>());
        services.AddInstruments<IncidentInstruments>();
        services.AddInstruments<RedundancyInstruments>();
        services.AddSingleton(provider => new DomainTimer("incidents.redundancy", RedundancyInstruments.Period, provider.GetRequiredService<RedundancyInstruments>().RefreshAsync));
        services.AddSingleton(provider => new DomainTimer("incidents.figures", IncidentFeed.FiguresPeriod, provider.GetRequiredService<IncidentFeed>().ShowOfficesAsync));
        return services;
    }
}
