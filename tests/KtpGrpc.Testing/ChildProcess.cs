using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace KtpGrpc.Testing;

/// <summary>A process that a test starts, reads, and ends; it dies with the test, even when the test itself is killed.</summary>
public sealed class ChildProcess : IDisposable
{
    // The shell turns into the program, so its id is the program's. Before that it leaves a watchdog behind, which reads from our
    // pipe: the pipe ends when we do, however we end. The watchdog kills nothing but its own parent, so a reused id is safe.
    private const string Leash = """
        exec 3<&0
        { cat <&3; read -r _ _ _ parent _ </proc/self/stat; [ "$parent" = $$ ] && kill -9 $$; } >/dev/null 2>&1 &
        exec "$@" 3<&- </dev/null
        """;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _end;

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        Id = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _end = _process.WaitForExitAsync();
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>What it has written so far, to either output, in the order of arrival.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Starts a program of the PATH or of a path. A null in the environment takes the variable away.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Leash, "sh", program, .. arguments])
        {
            WorkingDirectory = folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(start);
    }

    /// <summary>The first line, past or to come, that matches; fails at once when the process ends without it.</summary>
    public async Task<Match> WaitForLineAsync(Regex pattern, TimeSpan? deadline = null)
    {
        var seen = await Eventually.HoldsAsync(
            () => (Ended: _end.IsCompleted, Line: Find(pattern), Child: this),
            seen => seen.Ended || seen.Line.Success,
            deadline,
            $"a line that matches {pattern}");
        return seen.Line.Success
            ? seen.Line
            : throw new InvalidOperationException($"No line matches {pattern}, and it ended with {_process.ExitCode}: {this}");
    }

    public Task<Match> WaitForLineAsync(string pattern, TimeSpan? deadline = null) => WaitForLineAsync(new Regex(pattern), deadline);

    /// <summary>Waits for its end and for its last line, and gives its exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? deadline = null)
    {
        await Eventually.HoldsAsync(() => (Ended: _end.IsCompleted, Child: this), seen => seen.Ended, deadline, "the end of the process");
        return _process.ExitCode;
    }

    /// <summary>Ends it as a crash does (SIGKILL): it gets no chance to tidy up.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to stop as a service manager does (SIGTERM).</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit(Eventually.Patience);
        _process.Dispose();
    }

    public override string ToString() =>
        $"{string.Join(' ', _process.StartInfo.ArgumentList.Skip(3))}{Environment.NewLine}{string.Join(Environment.NewLine, _lines)}";

    private Match Find(Regex pattern) => _lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success) ?? Match.Empty;

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
