using KtpGrpc.Server.Journal;

namespace KtpGrpc.Server.Citizens;

/// <summary>Adds the register of citizens.</summary>
internal static class CitizenFeature
{
    public static IServiceCollection AddCitizens(this IServiceCollection services)
    {
        // Erasing changes nothing that is folded.
        services.AddSingleton(new FactCatalogPart(catalog => catalog.Add(CitizenErased.Kind, CitizenJson.Default.CitizenErased, (_, _, _) => ValueTask.CompletedTask)));
        services.AddSingleton<CitizenRegister>();
        return services;
    }
}
