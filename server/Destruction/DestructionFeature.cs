using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Destruction;

/// <summary>Adds the destruction of cards.</summary>
internal static class DestructionFeature
{
    public static IServiceCollection AddDestruction(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(DestructionFold.AddTo));
        services.AddSingleton<Destructions>();
        services.AddSingleton<RecordExport>();
        return services;
    }
}
