namespace KtpGrpc.Server;

/// <summary>What a browser finds at the root of the plain HTTP endpoint: what this is, and where to look.</summary>
internal static class FrontPage
{
    public static void MapFrontPage(this WebApplication app, KtpServerOptions options)
    {
        var version = typeof(FrontPage).Assembly.GetName().Version!.ToString(3);
        app.MapGet("/", (HttpContext context) => context.Request.IsHttps ? Results.NotFound() : Results.Content(Html(version, options), "text/html; charset=utf-8"));
    }

    private static string Html(string version, KtpServerOptions options) => $"""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>KtpGrpc server</title>
        <h1>KtpGrpc server {version}</h1>
        <ul>
        <li><a href="/metrics">/metrics</a>: what the server measures, for Prometheus (explained in docs/metrics.md); /metrics/stations?region=53.71: each station and device of a region
        <li>gRPC over TLS: port {options.ControlPort} for stations and operators, port {options.UploadPort} for packets (docs/protocol.md)
        <li>health and reflection: grpc.health.v1 and grpc.reflection.v1, open to all
        </ul>
        </html>

        """;
}
