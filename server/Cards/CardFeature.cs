using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Cards;

/// <summary>Adds the ledger of blanks.</summary>
internal static class CardFeature
{
    public static IServiceCollection AddCards(this IServiceCollection services) =>
        services.AddSingleton(new FactCatalogPart(CardStore.AddTo));
}
