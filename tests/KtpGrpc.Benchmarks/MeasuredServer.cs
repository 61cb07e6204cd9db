using System.Diagnostics;
using System.Globalization;
using KtpGrpc.Testing;

namespace KtpGrpc.Benchmarks;

/// <summary>A server in a process of its own, ours or the bare one, and what the kernel and its runtime tell of it.</summary>
internal sealed class MeasuredServer : IDisposable
{
    private const string Sigusr1 = "-USR1";
    private const string Sigusr2 = "-USR2";
    private const long BytesOfKb = 1024;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly string _here = AppContext.BaseDirectory;

    private readonly ServerProcess _process;
    private int _asked;

    private MeasuredServer(ServerProcess process) => _process = process;

    public Uri Control => _process.Control;

    public Uri Upload => _process.Upload;

    /// <summary>Its pages on plain HTTP; only ours has them.</summary>
    public Uri Pages => _process.Pages ?? throw new InvalidOperationException("The bare server has no pages.");

    /// <summary>Processor time it has used so far, of user and kernel.</summary>
    public TimeSpan Cpu
    {
        get
        {
            using var process = Process.GetProcessById(_process.Child.Id);
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Its resident memory in bytes, to the page.</summary>
    public long Resident
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Child.Id}/smaps_rollup").First(line => line.StartsWith("Rss:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * BytesOfKb;
        }
    }

    /// <summary>Our server, as it is shipped, on a data folder.</summary>
    public static Task<MeasuredServer> StartOursAsync(string data) => StartAsync(ServerProcess.Ours(data));

    /// <summary>The bare server, with the runtime settings, the certificate and the authority of ours.</summary>
    /// <param name="data">The data folder of ours, which has the keys.</param>
    public static Task<MeasuredServer> StartBareAsync(string data, bool acksEach = false) => StartAsync(
    [
        "exec", "--runtimeconfig", Path.Combine(_here, "KtpGrpc.Server.runtimeconfig.json"), Path.Combine(_here, "KtpGrpc.Benchmarks.dll"),
        "bare", "--data", data, .. acksEach ? ["--acks-each"] : Array.Empty<string>(),
    ]);

    /// <summary>What its runtime tells now.</summary>
    public Task<RuntimeFigures> AskAsync() => SignalAsync(Sigusr2);

    /// <summary>Collects all of its garbage and gives the memory back, then tells.</summary>
    public Task<RuntimeFigures> SettleAsync() => SignalAsync(Sigusr1);

    public void Dispose() => _process.Dispose();

    private async Task<RuntimeFigures> SignalAsync(string signal)
    {
        var number = ++_asked;
        using var kill = Process.Start("kill", [signal, $"{_process.Child.Id}"]);
        await kill.WaitForExitAsync();
        var told = await _process.Child.WaitForLineAsync($@"^runtime {number}: gen2 (\d+), allocated (\d+), heap (\d+)$", _patience);
        return new RuntimeFigures(Number(1), Number(2), Number(3));

        long Number(int group) => long.Parse(told.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private static async Task<MeasuredServer> StartAsync(IEnumerable<string> arguments) => new(await ServerProcess.StartAsync(
        arguments, new Dictionary<string, string?> { ["DOTNET_STARTUP_HOOKS"] = Path.Combine(_here, "KtpGrpc.Benchmarks.dll") }));
}

/// <summary>Full collections and bytes allocated since the start, and bytes on the heap.</summary>
internal sealed record RuntimeFigures(long Gen2, long Allocated, long Heap);
