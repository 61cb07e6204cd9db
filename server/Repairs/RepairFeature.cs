using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Repairs;

/// <summary>Adds repairs: work orders, and which of them to do first.</summary>
internal static class RepairFeature
{
    public static IServiceCollection AddRepairs(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(RepairStore.AddTo));
        services.AddSingleton(new FactCatalogPart(PartStore.AddTo));
        services.AddSingleton<WorkOrders>();
        services.AddSingleton(provider => provider.GetRequiredService<WorkOrders>().ToFollower());
        services.AddSingleton(provider => new DomainTimer("repairs.escalation", WorkOrders.EscalationPeriod, provider.GetRequiredService<WorkOrders>().EscalateAsync));
        services.AddSingleton<RepairFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<RepairFeed>());
        services.AddInstruments<RepairInstruments>();
        services.AddSingleton(provider => new DomainTimer("repairs.figures", RepairFeed.FiguresPeriod, provider.GetRequiredService<RepairFeed>().ShowAsync));
        return services;
    }
}
