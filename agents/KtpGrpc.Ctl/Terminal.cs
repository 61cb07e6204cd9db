using Google.Protobuf;
using Spectre.Console;

namespace KtpGrpc.Ctl;

/// <summary>Where answers go: tables for whoever looks, tabs and lines for a pipe, JSON for whoever asks for it.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, TextReader input, Func<string, string?> environment, bool interactive)
{
    private static readonly JsonFormatter _json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    private readonly IAnsiConsole? _screen = interactive ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }) : null;

    public TextWriter Out => output;

    public TextWriter Error => error;

    public TextReader In => input;

    public Func<string, string?> Environment => environment;

    public static Terminal OfConsole() =>
        new(Console.Out, Console.Error, Console.In, System.Environment.GetEnvironmentVariable, !Console.IsOutputRedirected);

    /// <summary>One thing with all it has.</summary>
    public void Show(IMessage message, bool json)
    {
        if (json)
        {
            output.WriteLine(_json.Format(message));
            return;
        }

        var lines = Plain.Lines(message).ToList();
        if (_screen is null)
        {
            lines.ForEach(line => output.WriteLine($"{line.Name}\t{line.Value}"));
            return;
        }

        var grid = new Grid().AddColumn().AddColumn();
        lines.ForEach(line => grid.AddRow(new Text(line.Name, new Style(Color.Grey)), new Text(line.Value)));
        _screen.Write(grid);
    }

    /// <summary>Many of one kind.</summary>
    public void Show<T>(IReadOnlyList<T> messages, bool json) where T : IMessage
    {
        if (json)
        {
            output.WriteLine($"[{string.Join(",", messages.Select(message => _json.Format(message)))}]");
            return;
        }

        if (messages.Count == 0)
        {
            error.WriteLine("none");
            return;
        }

        Table(Plain.Columns(messages[0].Descriptor), [.. messages.Select(message => Plain.Row(message))]);
    }

    /// <summary>A finding or a note: on the error stream where the answer is for machines.</summary>
    public void Say(string line, bool json = false) => (json ? error : output).WriteLine(line);

    /// <summary>Waits with a sign of life, where somebody looks.</summary>
    public Task<T> WaitAsync<T>(string what, Func<Task<T>> work) =>
        _screen is null ? work() : _screen.Status().StartAsync(Markup.Escape(what), _ => work());

    private void Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (_screen is null)
        {
            output.WriteLine(string.Join('\t', columns));
            foreach (var row in rows)
            {
                output.WriteLine(string.Join('\t', row));
            }

            return;
        }

        // Whoever looks has a narrow screen: no columns without a word in them, and the first, which is copied, in one piece.
        var told = Enumerable.Range(0, columns.Count).Where(column => rows.Any(row => row[column].Length > 0)).ToList();
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in told)
        {
            table.AddColumn(new TableColumn(new Text(columns[column])) { NoWrap = column == 0 });
        }

        foreach (var row in rows)
        {
            table.AddRow(told.Select(column => new Text(row[column])));
        }

        _screen.Write(table);
    }
}
