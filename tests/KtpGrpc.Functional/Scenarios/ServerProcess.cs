using System.Text.RegularExpressions;
using KtpGrpc.Testing;

namespace KtpGrpc.Functional.Scenarios;

/// <summary>The server as its own process, so that it can be killed; it comes back on the same folder and ports.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly string _data;
    private readonly DateTimeOffset _scenarioStart;
    private readonly string? _database;
    private ChildProcess _process;

    private ServerProcess(string data, DateTimeOffset scenarioStart, string? database)
    {
        (_data, _scenarioStart, _database) = (data, scenarioStart, database);
        _process = Start(0, 0, 0);
    }

    public Uri Control { get; private set; } = null!;

    public Uri Upload { get; private set; } = null!;

    public Uri Pages { get; private set; } = null!;

    public static async Task<ServerProcess> StartAsync(string data, DateTimeOffset scenarioStart, string? database = null)
    {
        var server = new ServerProcess(data, scenarioStart, database);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Kills it as a power cut does, and starts it again.</summary>
    public async Task KillAndRestartAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = Start(Control.Port, Upload.Port, Pages.Port);
        await WaitUntilReadyAsync();
    }

    public void Dispose() => _process.Dispose();

    private ChildProcess Start(int control, int upload, int http) => ChildProcess.Start("dotnet",
    [
        Path.Combine(AppContext.BaseDirectory, "KtpGrpc.Server.dll"), "--data", _data, "--scenario", _scenarioStart.ToString("O"),
        "--control-port", $"{control}", "--upload-port", $"{upload}", "--http-port", $"{http}", .. _database is null ? [] : new[] { "--database", _database },
    ]);

    private async Task WaitUntilReadyAsync()
    {
        var ready = await _process.WaitForLineAsync(new Regex("ready. control ([^,]+), uploads ([^,]+), pages (.+)$"), TimeSpan.FromSeconds(60));
        (Control, Upload, Pages) = (new Uri(ready.Groups[1].Value), new Uri(ready.Groups[2].Value), new Uri(ready.Groups[3].Value));
    }
}
