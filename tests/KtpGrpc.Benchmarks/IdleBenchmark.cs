using KtpGrpc.Benchmarks.Load;
using KtpGrpc.Testing;

namespace KtpGrpc.Benchmarks;

/// <summary>
/// Memory per connected station: thousands of stations with mTLS, each with a session open and one batch of samples taken.
/// A new server process each time, since memory that was used once is not given back alike. Then each sends a batch every
/// few seconds, as real ones do, for the processor time of sparse streams.
/// </summary>
internal static class IdleBenchmark
{
    public const string Name = "idle";

    private const int Stations = 2000;

    /// <summary>Below the 200 a second that our server lets in; the bare one gets them at the same pace.</summary>
    private const double OpenedPerSecond = 180;
    private const int OpenedAtOnce = 16;

    private const double Kilobyte = 1024;
    private const double MicrosecondsOfSecond = 1e6;

    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _beat = TimeSpan.FromSeconds(5);

    private static readonly Figure[] _figures =
    [
        new("memory", "KB/station", new Bar(1.25, IsLeast: false)),
        new("heap", "KB/station"),
        new("sparse CPU", "µs/batch"),
    ];

    public static async Task<Contest> RunAsync(int rounds, CancellationToken cancellation)
    {
        using var folder = new TempFolder();
        var data = folder["data"];
        StationFleet fleet;
        using (var server = await MeasuredServer.StartOursAsync(data))
        {
            fleet = await StationFleet.JoinAsync(server, data, Stations, cancellation);
        }

        return await Contest.RunAsync(Name, _figures, 0, rounds,
        [
            new("ours", async token => await MeasureAsync(await MeasuredServer.StartOursAsync(data), fleet, token)),
            new("bare", async token => await MeasureAsync(await MeasuredServer.StartBareAsync(data), fleet, token)),
        ], cancellation);
    }

    private static async Task<double[]> MeasureAsync(MeasuredServer server, StationFleet fleet, CancellationToken cancellation)
    {
        using (server)
        {
            // One station comes and goes first: what a server does once is not the stations' cost.
            await (await StationSession.OpenAsync(fleet, server.Control, 0, cancellation)).DisposeAsync();
            var (heapBefore, before) = await SettleAsync(server, cancellation);
            var sessions = await OpenAllAsync(server, fleet, cancellation);
            await Task.WhenAll(sessions.Select(session => session.SendAsync(cancellation)));
            await Eventually.HoldsAsync(() => sessions.All(session => session.Seen == 2));
            var (heap, after) = await SettleAsync(server, cancellation);
            var cpu = await SparseCpuAsync(server, sessions, cancellation);
            await Task.WhenAll(sessions.Select(session => session.DisposeAsync().AsTask()));
            return [(after - before) / Kilobyte / fleet.Count, (heap - heapBefore) / Kilobyte / fleet.Count, cpu];
        }
    }

    /// <summary>Lets pools and timers come to rest, then has the garbage collected and the memory given back.</summary>
    private static async Task<(long Heap, long Resident)> SettleAsync(MeasuredServer server, CancellationToken cancellation)
    {
        await Task.Delay(_quiet, TimeProvider.System, cancellation);
        var runtime = await server.SettleAsync();
        return (runtime.Heap, server.Resident);
    }

    private static async Task<StationSession[]> OpenAllAsync(MeasuredServer server, StationFleet fleet, CancellationToken cancellation)
    {
        var sessions = new StationSession[fleet.Count];
        var start = TimeProvider.System.GetTimestamp();
        await Parallel.ForAsync(0, fleet.Count, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancellation }, async (station, token) =>
        {
            var early = TimeSpan.FromSeconds(station / OpenedPerSecond) - TimeProvider.System.GetElapsedTime(start);
            await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero, TimeProvider.System, token);
            sessions[station] = await StationSession.OpenAsync(fleet, server.Control, station, token);
        });
        return sessions;
    }

    private static async Task<double> SparseCpuAsync(MeasuredServer server, StationSession[] sessions, CancellationToken cancellation)
    {
        var (cpu, sending) = (server.Cpu, new List<Task>());
        var start = TimeProvider.System.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        while (sending.Count < sessions.Length)
        {
            await tick.WaitForNextTickAsync(cancellation);
            for (var due = sessions.Length * (TimeProvider.System.GetElapsedTime(start) / _beat); sending.Count < Math.Min(due, sessions.Length);)
            {
                sending.Add(sessions[sending.Count].SendAsync(cancellation));
            }
        }

        await Task.WhenAll(sending);
        await Eventually.HoldsAsync(() => sessions.All(session => session.Seen == 3));
        return (server.Cpu - cpu).TotalSeconds * MicrosecondsOfSecond / sessions.Length;
    }
}
