namespace KtpGrpc.Server.Scenario;

/// <summary>Adds the scenario's clock.</summary>
internal static class ScenarioFeature
{
    public static IServiceCollection AddScenario(this IServiceCollection services) => services.AddSingleton<ScenarioClock>();
}
