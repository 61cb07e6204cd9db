using System.Text.RegularExpressions;

namespace KtpGrpc.Testing;

/// <summary>A server in a process of its own, and where it said that it answers.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly Regex _ready = new("ready. control (?<control>[^,]+), uploads (?<upload>[^,]+),( pages (?<pages>.+)$)?");
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private ServerProcess(ChildProcess child, Match ready)
    {
        Child = child;
        (Control, Upload) = (new Uri(ready.Groups["control"].Value), new Uri(ready.Groups["upload"].Value));
        Pages = ready.Groups["pages"] is { Success: true, Value: var pages } ? new Uri(pages) : null;
    }

    public ChildProcess Child { get; }

    public Uri Control { get; }

    public Uri Upload { get; }

    /// <summary>Null for a server without pages.</summary>
    public Uri? Pages { get; }

    /// <summary>The arguments that start our server, as it lies beside the tests, on a data folder; port 0 is any free one.</summary>
    public static IReadOnlyList<string> Ours(string data, int control = 0, int upload = 0, int http = 0) =>
    [
        Path.Combine(AppContext.BaseDirectory, "KtpGrpc.Server.dll"), "--data", data, "--control-port", $"{control}", "--upload-port", $"{upload}", "--http-port", $"{http}",
    ];

    /// <summary>Starts a program of .NET and waits until it says that it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var child = ChildProcess.Start("dotnet", arguments, environment);
        try
        {
            return new ServerProcess(child, await child.WaitForLineAsync(_ready, _patience));
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    public void Dispose() => Child.Dispose();
}
