using System.Collections.Concurrent;
using System.Globalization;
using KtpGrpc.Benchmarks.Load;

namespace KtpGrpc.Benchmarks;

/// <summary>
/// The print queue on SQLite, beside itself: with writes that share a commit and one for each; deep and empty; fair between
/// offices and first in, first out.
/// </summary>
internal static class QueueBenchmark
{
    public const string Name = "queue";

    private const int Stations = 64;
    private const int Slices = 16;
    private const int Cards = 640;
    private const int Held = 100_000;
    private const int Ready = 50_000;
    private const int Flood = 25_000;
    private const int Others = 513;
    private const double Percentile = 0.99;
    private const double MillisecondsOfSecond = 1e3;

    private const string Here = PrintQueue.Office + ".04";
    private const string Flooding = "99.99.01";

    private static readonly Figure[] _figures =
    [
        new("cards of 64 stations, beside a commit for each request", "cards/s", new Bar(3, IsLeast: true)),
        new($"cards with {Held:#,0} held and {Ready:#,0} ready, beside an empty queue", "cards/s", new Bar(0.9, IsLeast: true)),
        new($"p99 wait of {Others} single jobs in a flood of {Flood:#,0}, beside first in, first out", "ms", new Bar(0.01, IsLeast: false)),
    ];

    public static async Task<Contest> RunAsync(int rounds, CancellationToken cancellation)
    {
        await using var together = await PrintQueue.OpenAsync(Stations);
        await using var apart = await PrintQueue.OpenAsync(Stations, groupLimit: 1);
        await using var empty = await PrintQueue.OpenAsync(Stations);
        await using var deep = await PrintQueue.OpenAsync(Stations);
        await deep.SeedAsync(Held, Here, held: true);
        await deep.SeedAsync(Ready, Here);
        double[] peers = [];
        return await Contest.RunAsync(Name, _figures, 1, rounds,
        [
            new("ours", async _ =>
            {
                // Each beside its own peer: a minute later the machine is another one.
                var (shared, single) = await RatesAsync(together, apart);
                var (full, bare) = await RatesAsync(deep, empty);
                var (fair, first) = (await WaitAsync(fair: true), await WaitAsync(fair: false));
                peers = [single, bare, first];
                return [shared, full, fair];
            }),
            new("its peer", _ => Task.FromResult(peers)),
        ], cancellation);
    }

    /// <summary>Cards a second of two queues that take turns, slice by slice, for what else the machine does changes from second to second.</summary>
    private static async Task<(double Ours, double Peer)> RatesAsync(PrintQueue ours, PrintQueue peer)
    {
        var (took, peerTook) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var slice = 0; slice < Slices; slice++)
        {
            took += await TimeAsync(ours);
            peerTook += await TimeAsync(peer);
        }

        return (Slices * Cards / took.TotalSeconds, Slices * Cards / peerTook.TotalSeconds);
    }

    /// <summary>The time of so many cards, each leased, started and reported, with as many new jobs as are printed.</summary>
    private static async Task<TimeSpan> TimeAsync(PrintQueue queue)
    {
        await queue.SeedAsync(Cards, Here);
        await queue.LoadAsync(Cards / Stations * 4);
        var start = TimeProvider.System.GetTimestamp();
        await queue.PrintAsync(Cards, _ => { });
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>
    /// How long single jobs of other offices wait for a station while one office has flooded the queue; they come one by one as
    /// the flood is printed. First in, first out is the same queue where all are one office's.
    /// </summary>
    private static async Task<double> WaitAsync(bool fair)
    {
        await using var queue = await PrintQueue.OpenAsync(Stations);
        await queue.PrintForAllAsync();
        await queue.LoadAsync((Flood + Others) / Stations * 4);
        await queue.SeedAsync(Flood, Flooding);
        var (came, waits) = (new ConcurrentDictionary<string, long>(), new ConcurrentBag<double>());
        var (printed, next) = (0, 0);
        var enqueuing = new ConcurrentBag<Task>();
        await queue.PrintAsync(Flood + Others, id =>
        {
            if (came.TryGetValue(id.Value, out var at))
            {
                waits.Add(TimeProvider.System.GetElapsedTime(at).TotalSeconds * MillisecondsOfSecond);
            }

            if (Interlocked.Increment(ref printed) % (Flood / Others) == 0 && Interlocked.Increment(ref next) is var number and <= Others)
            {
                enqueuing.Add(EnqueueAsync(number));
            }
        });
        await Task.WhenAll(enqueuing);
        return waits.Count == Others ? waits.Order().ElementAt((int)(Others * Percentile)) : throw new InvalidOperationException($"{waits.Count} of {Others} single jobs were printed.");

        async Task EnqueueAsync(int number)
        {
            var district = fair ? string.Create(CultureInfo.InvariantCulture, $"{10 + (number / 99):00}.{1 + (number % 99):00}.01") : Flooding;
            var id = queue.NewId();
            came[id.Value] = TimeProvider.System.GetTimestamp();
            await queue.EnqueueAsync(id, district);
        }
    }
}
