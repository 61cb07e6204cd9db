using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace KtpGrpc.Detection;

/// <summary>
/// The replay harness's command line. Exit code 0 where everything was replayed, 1 where --all misses a line, 2 for wrong options or a
/// file that cannot be read.
/// </summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var protocol = new Option<string?>("--protocol") { Description = "How the file is judged: " + string.Join(", ", Protocol.All.Select(known => known.Name)) + "." };
        var train = new Option<FileInfo>("--train") { Description = "The file on which thresholds are chosen." };
        var test = new Option<FileInfo>("--test") { Description = "The file to which they are applied; default: the same." };
        var horizon = new Option<TimeSpan?>("--horizon")
        {
            Description = "How far ahead an alarm may be (30d, 48h); default: the protocol's.",
            CustomParser = Span,
        };
        var all = new Option<DirectoryInfo>("--all") { Description = "Replays all development files of a folder, and writes the table of docs/detection.md." };
        protocol.AcceptOnlyFromAmong([.. Protocol.All.Select(known => known.Name)]);
        train.AcceptExistingOnly();
        test.AcceptExistingOnly();
        all.AcceptExistingOnly();
        var root = new RootCommand("Replays recorded data through the detectors that the server runs, and tells how good they are.") { protocol, train, test, horizon, all };
        root.Validators.Add(given =>
        {
            var (one, file, folder) = (given.GetValue(protocol), given.GetValue(train), given.GetValue(all));
            if (folder is null ? one is null || file is null : one is not null || file is not null)
            {
                given.AddError("Either --all DIR, or --protocol NAME --train FILE.");
            }
        });
        root.SetAction(parsed => Play(() => parsed.GetValue(all) is { } folder
            ? Campaign.Play(folder, Console.Out)
            : Tell(Protocol.Named(parsed.GetValue(protocol)!).Replay(new Replayed(
                parsed.GetValue(train)!, parsed.GetValue(test) ?? parsed.GetValue(train)!, parsed.GetValue(horizon))))));
        var result = root.Parse(args);
        var code = result.Invoke();
        return result.Errors.Count > 0 ? 2 : code;
    }

    private static int Play(Func<int> play)
    {
        try
        {
            return play();
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or FormatException)
        {
            Console.Error.WriteLine(fault.Message);
            return 2;
        }
    }

    private static int Tell(Report report)
    {
        report.Write(Console.Out);
        return 0;
    }

    private static TimeSpan? Span(ArgumentResult given)
    {
        var text = given.Tokens[0].Value;
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            switch (text[^1])
            {
                case 'd': return TimeSpan.FromDays(number);
                case 'h': return TimeSpan.FromHours(number);
            }
        }

        given.AddError($"{text} is no time like 30d or 48h.");
        return null;
    }
}
