using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Cards;

/// <summary>Adds the ledger of cards.</summary>
internal static class CardFeature
{
    public static IServiceCollection AddCards(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(CardFold.AddTo));
        services.AddSingleton<Vault>();
        services.AddSingleton<Transfers>();
        services.AddSingleton<Custody>();
        services.AddSingleton<Sukets>();
        services.AddSingleton(provider => new Follower(
            CardLife.Follower, provider.GetRequiredService<FactCatalog>().KindsOf<ICardFact>(), CardLife.HandleAsync));
        return services;
    }
}
