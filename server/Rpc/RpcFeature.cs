namespace KtpGrpc.Server.Rpc;

/// <summary>Adds gRPC with the gate before every call, and the standard services beside ours.</summary>
internal static class RpcFeature
{
    /// <param name="most">Bytes that a message may have, unpacked.</param>
    public static IServiceCollection AddRpc(this IServiceCollection services, int most)
    {
        services.AddSingleton<RpcInstruments>();
        services.AddSingleton<MappedServices>();
        services.AddSingleton<ReflectionService>();
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = most;
            options.MaxSendMessageSize = null;
            options.EnableDetailedErrors = false;
            options.Interceptors.Add<CallGate>();
        });
        return services;
    }

    /// <summary>Adds what health checks tell; once in a process, since there is one database.</summary>
    public static IServiceCollection AddServingState(this IServiceCollection services)
    {
        services.AddSingleton<ServingState>();
        services.AddHostedService(provider => provider.GetRequiredService<ServingState>());
        return services;
    }
}
