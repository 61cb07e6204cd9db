using System.CommandLine;
using Grpc.Core;
using KtpGrpc.Ctl.Commands;

namespace KtpGrpc.Ctl;

/// <summary>The operators' command line: a command in, a table or JSON out, an exit code that scripts can trust.</summary>
internal static class CommandLine
{
    public static RootCommand Make(Terminal terminal)
    {
        var global = new GlobalOptions(terminal.Environment);
        var root = new RootCommand(
            """
            KtpGrpc for operators: cards, printing, destruction, health, incidents, redundancy, repairs, coverage, service, journal.
            Exit codes: 0 done, 1 refused or failed, 2 wrong use, 3 a verification found something.
            """);
        foreach (var option in global.All)
        {
            root.Add(option);
        }

        root.Add(CardCommands.Make(terminal, global));
        root.Add(PrintingCommands.Make(terminal, global));
        root.Add(DestructionCommands.Make(terminal, global));
        root.Add(HealthCommands.Make(terminal, global));
        root.Add(IncidentCommands.Make(terminal, global));
        root.Add(IncidentCommands.MakeRedundancy(terminal, global));
        root.Add(RepairCommands.Make(terminal, global));
        root.Add(CoverageCommands.Make(terminal, global));
        root.Add(CoverageCommands.MakeService(terminal, global));
        root.Add(JournalCommands.Make(terminal, global));
        return root;
    }

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var parsed = Make(terminal).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await terminal.Error.WriteLineAsync($"ktpctl: {error.Message}");
            }

            await terminal.Error.WriteLineAsync($"ktpctl: see ktpctl {string.Join(' ', Path(parsed))}--help");
            return Exit.WrongUse;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        }
        catch (UsageException wrong)
        {
            await terminal.Error.WriteLineAsync($"ktpctl: {wrong.Message}");
            return Exit.WrongUse;
        }
        catch (Exception fault) when (fault is RpcException or IOException or UnauthorizedAccessException or InvalidDataException or System.Security.Cryptography.CryptographicException)
        {
            await terminal.Error.WriteLineAsync($"ktpctl: {(fault is RpcException refused ? Connection.Told(refused) : fault.Message)}");
            return Exit.Failed;
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("ktpctl: stopped.");
            return Exit.Failed;
        }
    }

    private static IEnumerable<string> Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at?.Parent is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, at.Command.Name);
        }

        return names.Count == 0 ? [] : names.Append("");
    }
}
