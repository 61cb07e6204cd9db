using System.IO.Pipelines;
using KtpGrpc.Server.Clock;
using KtpGrpc.Server.Metrics;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Health;

/// <summary>
/// The stations and devices of a region as Prometheus text, for who wants each of them; <c>/metrics</c> has none. It holds
/// what this server hears: of several servers each shows its own stations, so that a series is there once.
/// </summary>
internal sealed class StationsPage(HealthMemory memory)
{
    /// <summary>What waits for the reader at most; a slow one holds up nobody, since no lock is held while it is awaited.</summary>
    private const int FlushAt = 64 * 1024;

    /// <summary>Stations between two looks at what waits: at most 32 devices each, so some 100 KB.</summary>
    private const int AtOnce = 32;

    /// <summary>
    /// Writes family by family, as the format demands; each station is locked while its own lines of one family are copied
    /// out. Nothing is allocated per series once the labels are made.
    /// </summary>
    public async ValueTask WriteToAsync(PipeWriter output, RegionCode region, DateTimeOffset now, CancellationToken cancellation)
    {
        var offices = memory.Offices.Where(office => region.Contains(office.Region) || office.Region.Contains(region)).ToArray();
        var writer = new PrometheusWriter(output);
        foreach (var family in StationsFamily.All)
        {
            writer.Family(family.Name, family.Type, family.Help);
            foreach (var office in offices)
            {
                var stations = office.Stations;
                for (var next = 0; next < stations.Count;)
                {
                    next = WriteSome(family, writer, stations, next, region, now);
                    if (output.UnflushedBytes >= FlushAt && (await output.FlushAsync(cancellation)).IsCompleted)
                    {
                        return;
                    }
                }
            }
        }

        await output.FlushAsync(cancellation);
    }

    /// <summary>Writes some stations of an office, and tells which is next: a loop of its own, which the compiler optimises as it does no awaiting one.</summary>
    private static int WriteSome(StationsFamily family, PrometheusWriter writer, IReadOnlyList<StationHealth> stations, int next, RegionCode region, DateTimeOffset now)
    {
        var end = Math.Min(stations.Count, next + AtOnce);
        for (; next < end; next++)
        {
            var station = stations[next];
            if (station.IsMine && region.Contains(station.Id.Region))
            {
                lock (station.Lock)
                {
                    family.Write(writer, station, now);
                }
            }
        }

        return end;
    }

    /// <summary>Serves <c>GET /metrics/stations?region=53.71</c> where <c>/metrics</c> is served: on plain HTTP, which only the monitoring sees.</summary>
    public static void Map(WebApplication app)
    {
        var page = app.Services.GetRequiredService<StationsPage>();
        var clock = app.Services.GetRequiredService<DomainClock>();
        app.MapGet("/metrics/stations", async (HttpContext context) =>
        {
            if (context.Request.IsHttps)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            if (!context.Request.Query.TryGetValue("region", out var asked))
            {
                await RefuseAsync(context, "Name a region: /metrics/stations?region=53.71 for a city, ?region=53 for a province, an empty one for the country.");
                return;
            }

            if (!RegionCode.TryParse(asked.Count == 1 ? asked[0] : null, out var region))
            {
                await RefuseAsync(context, "The region is not the code of one: expected PP, PP.KK, PP.KK.DD or PP.KK.DD.VVVV, digits only, once.");
                return;
            }

            context.Response.ContentType = PrometheusWriter.ContentType;
            await page.WriteToAsync(context.Response.BodyWriter, region, clock.Now, context.RequestAborted);
        });
    }

    private static Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n", context.RequestAborted);
    }
}
