using System.CommandLine;
using KtpGrpc.Benchmarks.Bare;

namespace KtpGrpc.Benchmarks;

/// <summary>The benchmarks' command line: exit code 0 where every bar held, 1 where one was missed, 2 for wrong options.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(20);

    public static Task<int> RunAsync(string[] args)
    {
        var runs = new Option<int>("--runs") { Description = "Pairs that are measured.", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "Print the outcome as one JSON object." };
        var write = new Option<FileInfo?>("--write")
        {
            Description = "Write the figures into this document; docs/benchmarks.md where none is named.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var root = new RootCommand("Our server against a bare Grpc.AspNetCore server, in turns.") { Bare() };
        Add(IngestBenchmark.Name, "Health samples per second, at least 0.7 of the bare server's.", IngestBenchmark.RunAsync);
        Add(IdleBenchmark.Name, "Memory per connected station, at most 1.25 of the bare server's.", IdleBenchmark.RunAsync);
        Add(UploadBenchmark.Name, "Packets per second, at least 0.8 of the bare server's.", UploadBenchmark.RunAsync);
        Add(DetectBenchmark.Name, "Nanoseconds of all detectors per sample and signal, at most 100.", DetectBenchmark.RunAsync);
        Add(QueueBenchmark.Name, "The print queue on SQLite beside itself: committing one by one, empty, and unfair.", QueueBenchmark.RunAsync);
        Add(StationsPageBenchmark.Name, "The page of stations and devices, at most 25 times a copy of its text.", StationsPageBenchmark.RunAsync);
        Add(ScrapeBenchmark.Name, "The ack of samples while that page is scraped, its p99 at most twice as long as without.", ScrapeBenchmark.RunAsync);
        var result = root.Parse(args);
        return result.InvokeAsync();

        void Add(string name, string description, Func<int, CancellationToken, Task<Contest>> runAsync)
        {
            var command = new Command(name, description) { runs, json, write };
            command.SetAction(async (parsed, cancellation) =>
            {
                using var limit = new CancellationTokenSource(_limit, TimeProvider.System);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
                var contest = await runAsync(parsed.GetValue(runs), either.Token);
                if (parsed.GetResult(write) is not null)
                {
                    Document.Write(parsed.GetValue(write)?.FullName ?? Path.Combine("docs", "benchmarks.md"), contest);
                }

                foreach (var line in parsed.GetValue(json) ? [Report.Json(contest)] : Report.Lines(contest))
                {
                    Console.WriteLine(line);
                }

                return contest.Holds ? 0 : 1;
            });
            root.Add(command);
        }
    }

    /// <summary>The bare server's own process.</summary>
    private static Command Bare()
    {
        var data = new Option<string>("--data") { Description = "Data folder of our server, for its keys.", Required = true };
        var acksEach = new Option<bool>("--acks-each") { Description = "Write an ack for each message." };
        var bare = new Command("bare", "Runs the bare server.") { data, acksEach };
        bare.SetAction((parsed, cancellation) => BareServer.RunAsync(parsed.GetRequiredValue(data), parsed.GetValue(acksEach), cancellation));
        return bare;
    }
}
