using System.Text.RegularExpressions;
using KtpGrpc.Server.Health;
using KtpGrpc.Server.Metrics;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KtpGrpc.Server.Tests.Metrics;

/// <summary>The rules that we hand out, judged by Prometheus' own tool and held against what the server shows.</summary>
public sealed partial class PrometheusRulesTests
{
    private static readonly string _folder = Path.Combine(Repository.Root, "docs", "prometheus");
    private static readonly string _alerts = File.ReadAllText(Path.Combine(_folder, "alerts.yml"));
    private static readonly string _recording = File.ReadAllText(Path.Combine(_folder, "recording.yml"));
    private static readonly string _tests = File.ReadAllText(Path.Combine(_folder, "tests.yml"));

    [Fact]
    public async Task Alerts_InTheirOwnTests_FireWhenTheyMustAndAreSilentOtherwise()
    {
        await Promtool.RunAsync(_folder, "check", "config", "prometheus.yml");

        Assert.Contains("SUCCESS", await Promtool.RunAsync(_folder, "test", "rules", "tests.yml"));
    }

    [Fact]
    public void Alert_OfEveryName_HasACourseForEachAndAParagraphOfTheRunbook()
    {
        var runbook = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var names = Alert().Matches(_alerts).Select(match => match.Groups["name"].Value).ToList();

        Assert.NotEmpty(names);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, name =>
        {
            var alert = _alerts[_alerts.IndexOf($"alert: {name}\n", StringComparison.Ordinal)..].Split("- alert: ")[0];
            Assert.Matches("severity: (critical|warning|notice)", alert);
            Assert.Contains("summary: ", alert);
            Assert.Contains("description: ", alert);
            Assert.Contains($"runbook_url: docs/operations.md#{name.ToLowerInvariant()}\n", alert);
            Assert.Contains($"\n### {name}\n", runbook);
            Assert.Matches($"alertname: {name}\n +eval_time: .+\n +exp_alerts: \\[\\]", _tests);
            Assert.Matches($"alertname: {name}\n +eval_time: .+\n +exp_alerts:\n +- exp_labels", _tests);
        });
        Assert.Equal(names.Order(), Heading().Matches(runbook).Select(match => match.Groups["name"].Value).Order());
    }

    [Fact]
    public async Task Rules_NameOnlyWhatTheServerShowsOrARuleRecords()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Empty(await server.FaultsAsync());
        var shown = server.Services.GetRequiredService<MetricsPage>().Names
            .Concat(StationsFamily.All.Select(family => System.Text.Encoding.UTF8.GetString(family.Name))).ToHashSet();
        var recorded = Record().Matches(_recording).Select(match => match.Groups["name"].Value).ToHashSet();

        var named = Expression().Matches(_alerts + _recording).SelectMany(match => Name().Matches(match.Value)).Select(match => match.Value).Distinct().ToList();

        Assert.Contains("ktp_incidents_working_stations", named);
        Assert.Contains("region:ktp_working_stations:max", named);
        Assert.All(named, name => Assert.Contains(name.EndsWith("_bucket", StringComparison.Ordinal) ? name[..^"_bucket".Length] : name, name.Contains(':') ? recorded : shown));
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"^### (?<name>\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"- record: (?<name>[\w:]+)")]
    private static partial Regex Record();

    /// <summary>An expression, to the end of its line or of the lines that are indented beneath it.</summary>
    [GeneratedRegex(@"(?<= expr: )(\|\n(?: {10}.+\n)+|.+)")]
    private static partial Regex Expression();

    [GeneratedRegex(@"(?<![\w:""])(?:\w+:)?(?:ktp|dotnet|kestrel)[_:][\w:]+")]
    private static partial Regex Name();
}
