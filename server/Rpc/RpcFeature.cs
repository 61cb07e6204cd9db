using KtpGrpc.Server.Clock;

namespace KtpGrpc.Server.Rpc;

/// <summary>Adds gRPC with the gate before every call, and the standard services beside ours.</summary>
internal static class RpcFeature
{
    private static readonly TimeSpan _forgetPeriod = TimeSpan.FromHours(1);

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

    /// <summary>Adds what there is once in a process, since there is one database: what health checks tell, and the answers given.</summary>
    public static IServiceCollection AddServingState(this IServiceCollection services)
    {
        services.AddSingleton<OnceOnly>();
        services.AddSingleton(provider => new DomainTimer("rpc.forget", _forgetPeriod, provider.GetRequiredService<OnceOnly>().ForgetOldAsync));
        services.AddSingleton<ServingState>();
        services.AddHostedService(provider => provider.GetRequiredService<ServingState>());
        return services;
    }
}
