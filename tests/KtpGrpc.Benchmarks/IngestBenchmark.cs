using KtpGrpc.Benchmarks.Load;
using KtpGrpc.Testing;

namespace KtpGrpc.Benchmarks;

/// <summary>
/// Health samples: 64 stations, each on a duplex stream of its own with mTLS, send batches of eight samples as fast as acks
/// within the window of 100 messages allow.
/// </summary>
internal static class IngestBenchmark
{
    public const string Name = "ingest";

    private const int Stations = 64;
    private const int WarmUps = 2;
    private const double MicrosecondsOfSecond = 1e6;

    /// <summary>Messages before the measuring, and in it: work and not time, so that a busy machine is warm as well.</summary>
    private const long Lead = 40_000;
    private const long Measured = 100_000;

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(5);

    private static readonly Figure[] _figures =
    [
        new("samples", "samples/s", new Bar(0.7, IsLeast: true)),
        new("CPU", "µs/sample"),
        new("allocated", "bytes/sample"),
    ];

    public static async Task<Contest> RunAsync(int rounds, CancellationToken cancellation)
    {
        using var folder = new TempFolder();
        var data = folder["data"];
        using var ours = await MeasuredServer.StartOursAsync(data);
        using var bare = await MeasuredServer.StartBareAsync(data);
        using var each = await MeasuredServer.StartBareAsync(data, acksEach: true);
        var fleet = await StationFleet.JoinAsync(ours, data, Stations, cancellation);
        return await Contest.RunAsync(Name, _figures, WarmUps, rounds,
        [
            new("ours", token => MeasureAsync(ours, fleet, token)),
            new("bare, acks together", token => MeasureAsync(bare, fleet, token)),
            new("bare, an ack each", token => MeasureAsync(each, fleet, token)),
        ], cancellation);
    }

    private static async Task<double[]> MeasureAsync(MeasuredServer server, StationFleet fleet, CancellationToken cancellation)
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, fleet.Count).Select(station => StationSession.OpenAsync(fleet, server.Control, station, cancellation)));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pumps = Task.WhenAll(sessions.Select(session => session.PumpAsync(end.Token)));
        await SeeAsync(Lead);
        var (before, seen, cpu, start) = (await server.AskAsync(), Seen(), server.Cpu, TimeProvider.System.GetTimestamp());
        await SeeAsync(seen + Measured);
        var (took, samples, used) = (TimeProvider.System.GetElapsedTime(start), (Seen() - seen) * Kit.Devices, server.Cpu - cpu);
        var after = await server.AskAsync();
        await end.CancelAsync();
        await pumps;
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        return [samples / took.TotalSeconds, used.TotalSeconds * MicrosecondsOfSecond / samples, (double)(after.Allocated - before.Allocated) / samples];

        long Seen() => sessions.Sum(session => session.Seen);

        async Task SeeAsync(long messages)
        {
            while (Seen() < messages)
            {
                await Task.Delay(_look, TimeProvider.System, cancellation);
            }
        }
    }
}
