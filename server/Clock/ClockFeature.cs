namespace KtpGrpc.Server.Clock;

/// <summary>Adds the domain clock and its timers.</summary>
internal static class ClockFeature
{
    public static IServiceCollection AddClock(this IServiceCollection services)
    {
        services.AddSingleton<DomainClock>();
        services.AddSingleton<DomainTimers>();
        services.AddHostedService(provider => provider.GetRequiredService<DomainTimers>());
        return services;
    }
}
