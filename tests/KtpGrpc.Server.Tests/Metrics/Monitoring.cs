using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KtpGrpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Server.Tests.Metrics;

/// <summary>
/// Prometheus, Alertmanager and a webhook on loopback, with the files of docs/prometheus: their addresses are exchanged, and
/// their intervals shortened, since nothing is to be waited for that can be seen.
/// </summary>
internal sealed class Monitoring : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly string _files = Path.Combine(Repository.Root, "docs", "prometheus");

    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();
    private readonly ConcurrentQueue<JsonElement> _received = new();
    private readonly List<ChildProcess> _children = [];
    private WebApplication? _webhook;
    private string _alertmanager = "";
    private string _prometheus = "";

    private Monitoring()
    {
    }

    /// <summary>What the webhook was told, oldest first.</summary>
    public IReadOnlyList<JsonElement> Received => [.. _received];

    public static async Task<Monitoring> StartAsync(Uri server)
    {
        var monitoring = new Monitoring();
        try
        {
            var webhook = await monitoring.ListenAsync();
            monitoring.Copy("alertmanager.yml", ("http://127.0.0.1:9095", webhook), ("group_interval: 30s", "group_interval: 1s"));
            monitoring._alertmanager = await monitoring.RunAsync(
                "prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=alerts", "--cluster.listen-address=", "--web.external-url=http://127.0.0.1/");
            monitoring.Copy("recording.yml");
            monitoring.Copy("alerts.yml");
            monitoring.Copy("prometheus.yml", ("127.0.0.1:5080", server.Authority), ("127.0.0.1:9093", monitoring._alertmanager), ("interval: 30s", "interval: 250ms"), ("interval: 60s", "interval: 250ms"));
            monitoring._prometheus = await monitoring.RunAsync("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=series");
            return monitoring;
        }
        catch
        {
            await monitoring.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a query gives a series.</summary>
    public Task SeesAsync(string query) => Eventually.HoldsAsync(
        () => _client.GetStringAsync(new Uri($"http://{_prometheus}/api/v1/query?query={Uri.EscapeDataString(query)}")),
        answer => answer.Contains("\"value\"", StringComparison.Ordinal), _patience, query);

    /// <summary>Waits until the webhook was told of an alert.</summary>
    public async Task<JsonElement> ReceivesAsync(string alert)
    {
        var seen = await Eventually.HoldsAsync(() => Task.FromResult(Received), seen => seen.Any(Tells), _patience, alert);
        return seen.First(Tells);

        bool Tells(JsonElement message) => message.GetProperty("alerts").EnumerateArray().Any(one => one.GetProperty("labels").GetProperty("alertname").GetString() == alert);
    }

    /// <summary>Waits until the Alertmanager holds an alert back for a graver one.</summary>
    public Task IsInhibitedAsync(string alert) => Eventually.HoldsAsync(
        () => _client.GetFromJsonAsync<JsonElement>(new Uri($"http://{_alertmanager}/api/v2/alerts")),
        alerts => alerts.EnumerateArray().Any(one => one.GetProperty("labels").GetProperty("alertname").GetString() == alert
            && one.GetProperty("status").GetProperty("inhibitedBy").GetArrayLength() > 0), _patience, alert);

    public async ValueTask DisposeAsync()
    {
        _children.ForEach(child => child.Dispose());
        if (_webhook is not null)
        {
            await _webhook.DisposeAsync();
        }

        _client.Dispose();
        _folder.Dispose();
    }

    private async Task<string> ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _webhook = builder.Build();
        _webhook.MapPost("/alerts", async (HttpContext context) =>
            _received.Enqueue((await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted)).RootElement));
        await _webhook.StartAsync();
        return _webhook.Urls.Single();
    }

    private void Copy(string name, params (string Ours, string Here)[] changes)
    {
        var text = File.ReadAllText(Path.Combine(_files, name));
        foreach (var (ours, here) in changes)
        {
            text = text.Contains(ours, StringComparison.Ordinal) ? text.Replace(ours, here, StringComparison.Ordinal) : throw new InvalidDataException($"{name} has no {ours}.");
        }

        File.WriteAllText(_folder[name], text);
    }

    /// <summary>Starts a program on any free port, and gives the address that it took.</summary>
    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var child = ChildProcess.Start("/usr/bin/" + program, [.. arguments, "--web.listen-address=127.0.0.1:0"], folder: _folder.Path);
        _children.Add(child);
        return (await child.WaitForLineAsync("\"Listening on\" address=(?<address>127\\.0\\.0\\.1:[0-9]+)", _patience)).Groups["address"].Value;
    }
}
