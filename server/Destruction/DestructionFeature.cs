using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Destruction;

/// <summary>Adds the destruction of cards.</summary>
internal static class DestructionFeature
{
    private static readonly TimeSpan _refreshPeriod = TimeSpan.FromSeconds(30);

    public static IServiceCollection AddDestruction(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(DestructionFold.AddTo));
        services.AddSingleton<Destructions>();
        services.AddSingleton<RecordExport>();
        services.AddSingleton(CustodyAges.ToFollower());
        services.AddInstruments<DestructionInstruments>();
        services.AddSingleton(provider => new DomainTimer("destruction.figures", _refreshPeriod, provider.GetRequiredService<DestructionInstruments>().RefreshAsync));
        return services;
    }
}
