using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Metrics;

namespace KtpGrpc.Server.Session;

/// <summary>Adds the agents' sessions.</summary>
internal static class SessionFeature
{
    /// <summary>Bytes that a message of a session may have; biometrics go elsewhere.</summary>
    private const int MostMessage = 64 * 1024;

    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddSingleton(new FactCatalogPart(StationEventTaken.AddTo));
        services.AddSingleton(new SessionOptions());
        services.AddSingleton<SessionGate>();
        services.AddInstruments<SessionInstruments>();
        services.AddSingleton<EventIntake>();
        services.AddSingleton<SessionRegistry>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionRegistry>());
        services.AddGrpc().AddServiceOptions<SessionService>(service => service.MaxReceiveMessageSize = MostMessage);
        return services;
    }
}
