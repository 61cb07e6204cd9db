using KtpGrpc.Benchmarks.Load;
using KtpGrpc.Testing;

namespace KtpGrpc.Benchmarks;

/// <summary>
/// How long a sample's ack takes while the page of 220,000 series is scraped without a pause, beside itself while nobody scrapes:
/// one server, which every station has told once, and some stations that go on.
/// </summary>
internal static class ScrapeBenchmark
{
    public const string Name = "stations-scrape";

    private const int Series = 220_000;

    /// <summary>Each has 48 series on the page.</summary>
    private const int Stations = 4_600;

    /// <summary>Below the 200 a second that our server lets in.</summary>
    private const double OpenedPerSecond = 180;
    private const int OpenedAtOnce = 16;

    /// <summary>Stations that go on, each with a batch every 50 ms: 320 a second, of which a hundredth is a figure.</summary>
    private const int Asking = 16;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _measured = TimeSpan.FromSeconds(10);

    private static readonly Figure[] _figures =
    [
        new("p99 of a batch's ack", "ms", new Bar(2, IsLeast: false)),
        new("median of a batch's ack", "ms"),
        new("pages", "in 10 s"),
    ];

    public static async Task<Contest> RunAsync(int rounds, CancellationToken cancellation)
    {
        using var folder = new TempFolder();
        var data = folder["data"];
        using var server = await MeasuredServer.StartOursAsync(data);
        var fleet = await StationFleet.JoinAsync(server, data, Stations, cancellation);
        await TellAllAsync(server, fleet, cancellation);
        using var http = new HttpClient();
        var page = new Uri(server.Pages, "metrics/stations?region=");
        var series = (await http.GetStringAsync(page, cancellation)).Split('\n').Count(line => line.Length > 0 && line[0] != '#');
        if (series < Series)
        {
            throw new InvalidOperationException($"The page has {series} series, not {Series}.");
        }

        var sessions = await Task.WhenAll(Enumerable.Range(0, Asking).Select(station => StationSession.OpenAsync(fleet, server.Control, station, cancellation)));
        try
        {
            return await Contest.RunAsync(Name, _figures, 1, rounds,
            [
                new("beside scrapes", token => MeasureAsync(sessions, end => ScrapeAsync(http, page, end), token)),
                new("without", token => MeasureAsync(sessions, _ => Task.FromResult(0), token)),
            ], cancellation);
        }
        finally
        {
            await Task.WhenAll(sessions.Select(session => session.DisposeAsync().AsTask()));
        }
    }

    private static async Task TellAllAsync(MeasuredServer server, StationFleet fleet, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        await Parallel.ForAsync(Asking, fleet.Count, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancellation }, async (station, token) =>
        {
            var early = TimeSpan.FromSeconds(station / OpenedPerSecond) - TimeProvider.System.GetElapsedTime(start);
            await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero, TimeProvider.System, token);
            await using var session = await StationSession.OpenAsync(fleet, server.Control, station, token);
            await session.AskAsync(token);
            await session.LeaveAsync();
        });
    }

    private static async Task<double[]> MeasureAsync(StationSession[] sessions, Func<CancellationToken, Task<int>> besideAsync, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(_measured);
        var beside = besideAsync(end.Token);
        var waits = await Task.WhenAll(sessions.Select(session => AskAsync(session, end.Token)));
        var pages = await beside;
        cancellation.ThrowIfCancellationRequested();
        double[] sorted = [.. waits.SelectMany(wait => wait).Select(wait => wait.TotalMilliseconds).Order()];
        return [sorted[sorted.Length * 99 / 100], sorted[sorted.Length / 2], pages];
    }

    /// <summary>One batch at a time, each at its moment or as soon as the one before it was seen.</summary>
    private static async Task<List<TimeSpan>> AskAsync(StationSession session, CancellationToken end)
    {
        var waits = new List<TimeSpan>();
        try
        {
            for (; ; await Task.Delay(_pause, TimeProvider.System, end))
            {
                waits.Add(await session.AskAsync(end));
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return waits;
        }
    }

    private static async Task<int> ScrapeAsync(HttpClient http, Uri page, CancellationToken end)
    {
        for (var pages = 0; ; pages++)
        {
            try
            {
                await using var text = await http.GetStreamAsync(page, end);
                await text.CopyToAsync(Stream.Null, end);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return pages;
            }
        }
    }
}
