using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Session;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KtpGrpc.Agent;

/// <summary>The agent's command line: options in, exit code out (0 stopped as asked, 1 cannot start or go on, 2 wrong options).</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(string[] args)
    {
        var folder = new Option<string>("--folder") { Description = "Folder of the identity and of all that waits for the server.", Required = true };
        var control = new Option<Uri>("--server") { Description = "The server's control endpoint, https://HOST:5443.", Required = true, CustomParser = Address };
        var upload = new Option<Uri?>("--upload") { Description = "The server's upload endpoint. Default: port 5444 of the same host.", CustomParser = Address };
        var token = new Option<string?>("--token") { Description = "Join token; needed at the first start only." };
        var centre = new Option<string?>("--centre") { Description = "PEM file of the centre's certificate, to which packets are sealed." };
        var root = new RootCommand("KtpGrpc station agent: the kit's health, its packets and its cards.") { folder, control, upload, token, centre };
        root.SetAction((parsed, cancellation) => RunAsync(new AgentOptions
        {
            Folder = parsed.GetRequiredValue(folder),
            Control = parsed.GetRequiredValue(control),
            Upload = parsed.GetValue(upload) ?? new UriBuilder(parsed.GetRequiredValue(control)) { Port = 5444 }.Uri,
            CentreCertificatePath = parsed.GetValue(centre),
        }, parsed.GetValue(token), cancellation));
        var result = root.Parse(args);
        return result.Errors.Count == 0 ? result.InvokeAsync() : RefuseAsync(result);
    }

    private static Uri? Address(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
        {
            return address;
        }

        result.AddError($"'{result.Tokens[0].Value}' is not the address of a server: write https://HOST:5443.");
        return null;
    }

    private static async Task<int> RefuseAsync(ParseResult result)
    {
        await result.InvokeAsync();
        return 2;
    }

    private static async Task<int> RunAsync(AgentOptions options, string? token, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
        StationAgent agent;
        var kit = new Kit([], null, [new HostDevice(options.Folder)]);
        try
        {
            agent = await StationAgent.OpenAsync(options, kit, TimeProvider.System, loggers, token, cancellation);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException || Trouble.Of(fault) is not null)
        {
            await Console.Error.WriteLineAsync($"ktp-agent: cannot start: {(fault is RpcException refusal ? refusal.Status.Detail : fault.Message)}");
            return 1;
        }

        await using (agent)
        {
            builder.Services.AddSingleton(TimeProvider.System).AddSingleton(agent).AddSingleton<AgentHost>().AddHostedService(services => services.GetRequiredService<AgentHost>());
            using var host = builder.Build();
            Console.WriteLine($"ktp-agent: station {agent.StationId}, server {options.Control}");
            Console.WriteLine($"ktp-agent: the kit is {string.Join(", ", kit.All.Select(device => device.Identity.Kind))} alone: this program watches its PC; it records nobody and prints no card.");

            // Taken before the run, which disposes the host.
            var station = host.Services.GetRequiredService<AgentHost>();
            await host.RunAsync(cancellation);
            return station.Fault is null ? 0 : 1;
        }
    }
}
