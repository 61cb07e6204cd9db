using System.Diagnostics.Metrics;

namespace KtpGrpc.Server.Metrics;

/// <summary>Adds the page that Prometheus reads.</summary>
internal static class MetricsFeature
{
    /// <summary>Adds a feature's instruments, which are made when the page begins to listen: what is 0 is shown as 0 from the start.</summary>
    public static IServiceCollection AddInstruments<T>(this IServiceCollection services) where T : class =>
        services.AddSingleton<T>().AddSingleton(new MadeAtStart(provider => provider.GetRequiredService<T>()));

    public static IServiceCollection AddMetricsPage(this IServiceCollection services) => services.AddSingleton<MetricsPage>();

    /// <summary>Serves <c>GET /metrics</c> on plain HTTP, which only the monitoring sees, and starts to listen.</summary>
    public static void MapMetricsPage(this WebApplication app)
    {
        var page = app.Services.GetRequiredService<MetricsPage>();
        var version = typeof(MetricsFeature).Assembly.GetName().Version!.ToString(3);
        app.Services.GetRequiredService<IMeterFactory>().Create("ktp.build").CreateObservableGauge(
            "ktp.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", version)), null, "The version of this server; always 1.");
        foreach (var instruments in app.Services.GetServices<MadeAtStart>())
        {
            instruments.Make(app.Services);
        }

        app.MapGet("/metrics", async (HttpContext context) =>
        {
            if (context.Request.IsHttps)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            context.Response.ContentType = PrometheusWriter.ContentType;
            page.WriteTo(context.Response.BodyWriter);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        });
    }

    private sealed record MadeAtStart(Func<IServiceProvider, object> Make);
}
