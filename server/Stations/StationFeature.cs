using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Stations;

/// <summary>Adds the registry of stations and regions.</summary>
internal static class StationFeature
{
    public static IServiceCollection AddStations(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(StationStore.AddTo));
        services.AddSingleton<Joining>();
        services.AddSingleton<StationPresence>();
        services.AddSingleton<StationDirectory>();
        services.AddHostedService(provider => provider.GetRequiredService<StationDirectory>());
        return services;
    }
}
