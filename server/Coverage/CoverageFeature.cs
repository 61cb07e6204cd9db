using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Coverage;

/// <summary>Adds the count of recorded citizens, the targets it is measured by, and how long citizens wait.</summary>
internal static class CoverageFeature
{
    private static readonly TimeSpan _refreshPeriod = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddCoverage(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(CoverageStore.AddTo));
        services.AddSingleton<CoverageFollower>();
        services.AddSingleton(provider => provider.GetRequiredService<CoverageFollower>().ToFollower());
        services.AddSingleton(ServiceFollower.ToFollower());
        services.AddInstruments<CoverageInstruments>();
        services.AddInstruments<TargetInstruments>();
        services.AddInstruments<ServiceInstruments>();
        services.AddSingleton(provider => new DomainTimer("coverage.figures", _refreshPeriod, provider.GetRequiredService<CoverageInstruments>().RefreshAsync));
        services.AddSingleton(provider => new DomainTimer("coverage.targets", TargetInstruments.Period, provider.GetRequiredService<TargetInstruments>().RefreshAsync));
        services.AddSingleton(provider => new DomainTimer("coverage.service", ServiceInstruments.Period, provider.GetRequiredService<ServiceInstruments>().RefreshAsync));
        return services;
    }
}
