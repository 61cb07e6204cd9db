using KtpGrpc.Testing;

namespace KtpGrpc.Functional.Scenarios;

/// <summary>The server of a scenario as its own process, so that it can be killed; it comes back on the same folder and ports.</summary>
internal sealed class KillableServer : IDisposable
{
    private readonly string _data;
    private readonly string[] _options;
    private ServerProcess _process = null!;

    private KillableServer(string data, DateTimeOffset scenarioStart, string? database) =>
        (_data, _options) = (data, ["--scenario", scenarioStart.ToString("O"), .. database is null ? [] : new[] { "--database", database }]);

    public Uri Control => _process.Control;

    public Uri Upload => _process.Upload;

    public Uri Pages => _process.Pages!;

    public static async Task<KillableServer> StartAsync(string data, DateTimeOffset scenarioStart, string? database = null)
    {
        var server = new KillableServer(data, scenarioStart, database);
        server._process = await ServerProcess.StartAsync([.. ServerProcess.Ours(data), .. server._options]);
        return server;
    }

    /// <summary>Kills it as a power cut does, and starts it again.</summary>
    public async Task KillAndRestartAsync()
    {
        _process.Child.Kill();
        await _process.Child.WaitForExitAsync();
        _process.Dispose();
        _process = await ServerProcess.StartAsync([.. ServerProcess.Ours(_data, Control.Port, Upload.Port, Pages.Port), .. _options]);
    }

    public void Dispose() => _process.Dispose();
}
