using System.Diagnostics.Metrics;

namespace KtpGrpc.Server.Metrics;

/// <summary>Adds the page that Prometheus reads.</summary>
internal static class MetricsFeature
{
    public static IServiceCollection AddMetricsPage(this IServiceCollection services) => services.AddSingleton<MetricsPage>();

    /// <summary>Serves <c>GET /metrics</c> on plain HTTP, which only the monitoring sees, and starts to listen.</summary>
    public static void MapMetricsPage(this WebApplication app)
    {
        var page = app.Services.GetRequiredService<MetricsPage>();
        var version = typeof(MetricsFeature).Assembly.GetName().Version!.ToString(3);
        app.Services.GetRequiredService<IMeterFactory>().Create("ktp.build").CreateObservableGauge(
            "ktp.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", version)), null, "The version of this server; always 1.");
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
}
