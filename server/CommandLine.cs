using System.CommandLine;
using System.Net;

namespace KtpGrpc.Server;

/// <summary>The server's command line: options in, exit code out (0 ended as asked, 1 failed, 2 could not be started so).</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(string[] args)
    {
        var data = new Option<string>("--data") { Description = "Folder of the database, the packets and the keys.", Required = true };
        var keys = new Option<string?>("--keys") { Description = "Folder of the keys, to keep them apart from the data. Default: DATA/keys." };
        var database = new Option<string?>("--database") { Description = "PostgreSQL connection string. Default: an embedded SQLite file in DATA." };
        var listen = new Option<IPAddress>("--listen")
        {
            Description = "Address to listen on.",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result => IPAddress.TryParse(result.Tokens[0].Value, out var address) ? address : Fail(result, "--listen wants an IP address."),
        };
        var control = new Option<int>("--control-port") { Description = "TLS: join, sessions, operators.", DefaultValueFactory = _ => 5443 };
        var upload = new Option<int>("--upload-port") { Description = "TLS: uploads.", DefaultValueFactory = _ => 5444 };
        var http = new Option<int>("--http-port") { Description = "Plain HTTP: pages and metrics.", DefaultValueFactory = _ => 5080 };
        var hosts = new Option<string[]>("--host")
        {
            Description = "Name or address in the server's certificate; may be repeated.",
            DefaultValueFactory = _ => ["localhost", "127.0.0.1"],
        };
        var scenario = new Option<DateTimeOffset?>("--scenario") { Description = "Start of a scenario (ISO 8601): the domain clock moves only when it is told." };
        var root = new RootCommand("KtpGrpc server: recording stations, their health, packets and cards.")
        {
            data, keys, database, listen, control, upload, http, hosts, scenario,
        };
        root.SetAction((parsed, cancellation) => RunAsync(new KtpServerOptions
        {
            Data = parsed.GetRequiredValue(data),
            Keys = parsed.GetValue(keys),
            Database = parsed.GetValue(database),
            Listen = parsed.GetRequiredValue(listen),
            ControlPort = parsed.GetValue(control),
            UploadPort = parsed.GetValue(upload),
            HttpPort = parsed.GetValue(http),
            HostNames = parsed.GetRequiredValue(hosts),
            ScenarioStart = parsed.GetValue(scenario),
        }, cancellation));
        var result = root.Parse(args);
        return result.Errors.Count == 0 ? result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }) : RefuseAsync(result);
    }

    private static async Task<int> RefuseAsync(ParseResult result)
    {
        await result.InvokeAsync();
        return 2;
    }

    private static async Task<int> RunAsync(KtpServerOptions options, CancellationToken cancellation)
    {
        KtpServer server;
        try
        {
            server = await KtpServer.StartAsync(options, cancellation: cancellation);
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException or InvalidDataException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            await Console.Error.WriteLineAsync($"ktp-server: cannot start: {fault.Message}");
            return 1;
        }

        await using (server)
        {
            Console.WriteLine($"ktp-server: ready. control {server.ControlAddress}, uploads {server.UploadAddress}, pages {server.HttpAddress}");
            Console.WriteLine($"ktp-server: the first admin's secret is in {server.AdminSecretPath}");
            await server.RunUntilStoppedAsync(cancellation);
        }

        return 0;
    }

    private static IPAddress Fail(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return IPAddress.None;
    }
}
