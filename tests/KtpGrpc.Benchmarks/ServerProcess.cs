using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KtpGrpc.Testing;

namespace KtpGrpc.Benchmarks;

/// <summary>A server in a process of its own, ours or the bare one, and what the kernel and its runtime tell of it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Sigusr1 = "-USR1";
    private const string Sigusr2 = "-USR2";
    private const long BytesOfKb = 1024;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly string _here = AppContext.BaseDirectory;

    private readonly ChildProcess _child;
    private int _asked;

    private ServerProcess(ChildProcess child, Match ready)
    {
        _child = child;
        Control = new Uri(ready.Groups["control"].Value);
        Upload = new Uri(ready.Groups["upload"].Value);
    }

    public Uri Control { get; }

    public Uri Upload { get; }

    /// <summary>Processor time it has used so far, of user and kernel.</summary>
    public TimeSpan Cpu
    {
        get
        {
            using var process = Process.GetProcessById(_child.Id);
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Its resident memory in bytes, to the page.</summary>
    public long Resident
    {
        get
        {
            var line = File.ReadLines($"/proc/{_child.Id}/smaps_rollup").First(line => line.StartsWith("Rss:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * BytesOfKb;
        }
    }

    /// <summary>Our server, as it is shipped, on a data folder.</summary>
    public static Task<ServerProcess> StartOursAsync(string data) => StartAsync(
        [Path.Combine(_here, "KtpGrpc.Server.dll"), "--data", data, "--control-port", "0", "--upload-port", "0", "--http-port", "0"]);

    /// <summary>The bare server, with the runtime settings, the certificate and the authority of ours.</summary>
    /// <param name="data">The data folder of ours, which has the keys.</param>
    public static Task<ServerProcess> StartBareAsync(string data, bool acksEach = false) => StartAsync(
    [
        "exec", "--runtimeconfig", Path.Combine(_here, "KtpGrpc.Server.runtimeconfig.json"), Path.Combine(_here, "KtpGrpc.Benchmarks.dll"),
        "bare", "--data", data, .. acksEach ? ["--acks-each"] : Array.Empty<string>(),
    ]);

    /// <summary>What its runtime tells now.</summary>
    public Task<RuntimeFigures> AskAsync() => SignalAsync(Sigusr2);

    /// <summary>Collects all of its garbage and gives the memory back, then tells.</summary>
    public Task<RuntimeFigures> SettleAsync() => SignalAsync(Sigusr1);

    public void Dispose() => _child.Dispose();

    private async Task<RuntimeFigures> SignalAsync(string signal)
    {
        var number = ++_asked;
        using var kill = Process.Start("kill", [signal, $"{_child.Id}"]);
        await kill.WaitForExitAsync();
        var told = await _child.WaitForLineAsync($@"^runtime {number}: gen2 (\d+), allocated (\d+), heap (\d+)$", _patience);
        return new RuntimeFigures(Number(1), Number(2), Number(3));

        long Number(int group) => long.Parse(told.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private static async Task<ServerProcess> StartAsync(IEnumerable<string> arguments)
    {
        var environment = new Dictionary<string, string?> { ["DOTNET_STARTUP_HOOKS"] = Path.Combine(_here, "KtpGrpc.Benchmarks.dll") };
        var child = ChildProcess.Start("dotnet", arguments, environment);
        try
        {
            return new ServerProcess(child, await child.WaitForLineAsync("ready. control (?<control>https://[^,]+), uploads (?<upload>https://[^,]+),", _patience));
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }
}

/// <summary>Full collections and bytes allocated since the start, and bytes on the heap.</summary>
internal sealed record RuntimeFigures(long Gen2, long Allocated, long Heap);
