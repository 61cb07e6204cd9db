using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Health;

/// <summary>Adds health: samples in, conditions out.</summary>
internal static class HealthFeature
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(HealthStore.AddTo));
        services.AddSingleton(new FactCatalogPart(ProbationStore.AddTo));
        services.AddSingleton<Baselines>();
        services.AddSingleton<HealthMemory>();
        services.AddSingleton<StationOwners>();
        services.AddHostedService(provider => provider.GetRequiredService<StationOwners>());
        services.AddInstruments<HealthInstruments>();
        services.AddSingleton<StationsPage>();
        services.AddSingleton<HealthIntake>();
        services.AddSingleton<Retirement>();
        services.AddSingleton(provider => provider.GetRequiredService<Retirement>().ToFollower());
        services.AddSingleton<Probations>();
        services.AddSingleton(provider => provider.GetRequiredService<Probations>().ToFollower());
        services.AddSingleton<ConditionFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ConditionFeed>());
        services.AddSingleton<CountryWatch>();
        services.AddSingleton<OfficeWatch>();
        services.AddSingleton<LivenessWatch>();
        services.AddSingleton<DetectorCheckpoints>();
        services.AddSingleton<SavedStations>();
        services.AddSingleton<ModelShiftWatch>();
        services.AddSingleton(provider => new DomainTimer("health.owners", StationOwners.Period, provider.GetRequiredService<StationOwners>().RunAsync));
        services.AddSingleton(provider => new DomainTimer("health.liveness", LivenessWatch.Period, provider.GetRequiredService<LivenessWatch>().RunAsync));
        services.AddSingleton(provider => new DomainTimer("health.checkpoint", DetectorCheckpoints.Period, provider.GetRequiredService<DetectorCheckpoints>().SaveAsync));
        services.AddSingleton(provider => new DomainTimer("health.models", ModelShiftWatch.Period, provider.GetRequiredService<ModelShiftWatch>().RunAsync));
        return services;
    }
}
