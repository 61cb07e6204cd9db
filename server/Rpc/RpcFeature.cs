namespace KtpGrpc.Server.Rpc;

/// <summary>Adds gRPC with the gate before every call.</summary>
internal static class RpcFeature
{
    /// <param name="most">Bytes that a message may have, unpacked.</param>
    public static IServiceCollection AddRpc(this IServiceCollection services, int most)
    {
        services.AddSingleton<RpcInstruments>();
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = most;
            options.MaxSendMessageSize = null;
            options.EnableDetailedErrors = false;
            options.Interceptors.Add<CallGate>();
        });
        return services;
    }
}
