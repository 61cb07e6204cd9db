using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Compat.Tests.Server;

/// <summary>A real Kestrel on a free port of the loopback interface, with the official server engine.</summary>
internal sealed class ParrotServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ParrotServer(WebApplication app)
    {
        this._app = app;
    }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<ParrotServer> StartAsync(
        ScriptedParrot parrot,
        Action<GrpcServiceOptions>? configure = null,
        Action<ListenOptions>? listen = null,
        Action<IEndpointRouteBuilder>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options =>
        {
            options.Protocols = HttpProtocols.Http2;
            listen?.Invoke(options);
        }));
        builder.Services.AddGrpc(options => configure?.Invoke(options));
        builder.Services.AddSingleton(parrot);

        var app = builder.Build();
        (map ?? (routes => routes.MapGrpcService<ScriptedParrot>()))(app);
        await app.StartAsync();
        return new ParrotServer(app);
    }

    public GrpcChannel Dial(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(Address, options ?? new GrpcChannelOptions());

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
