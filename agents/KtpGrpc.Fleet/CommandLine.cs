using System.CommandLine;
using KtpGrpc.Fleet.Run;
using KtpGrpc.Fleet.Scenarios;

namespace KtpGrpc.Fleet;

/// <summary>
/// The fleet's command line. Exit codes: 0 the scenario completed, 1 it did not, 2 it could not be started so, 3 it
/// completed and the server broke a promise or failed calls by itself, 130 it was stopped.
/// </summary>
internal static class CommandLine
{
    private const string Default = "kupang-2017";
    private const int Stopped = 130;

    /// <summary>Time to close what is open to the server after a Ctrl-C.</summary>
    private static readonly TimeSpan _endsWithin = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        var scenario = new Option<string>("--scenario")
        {
            Description = $"Name or file of the scenario. Included: {string.Join(", ", ScenarioReader.Included)}.",
            DefaultValueFactory = _ => Default,
        };
        var seed = new Option<int>("--seed") { Description = "Decides what chance decides.", DefaultValueFactory = _ => 1 };
        var control = Address("--control", "The server's control endpoint.", "https://127.0.0.1:5443");
        var upload = Address("--upload", "The server's upload endpoint.", "https://127.0.0.1:5444");
        var pages = Address("--pages", "The server's pages, to show the address.", "http://127.0.0.1:5080");
        var data = new Option<string>("--data") { Description = "The server's data folder: the admin's secret, the authority, the packets.", Required = true };
        var work = new Option<string>("--work") { Description = "The fleet's own folder: the agents' disks, the centre's keys.", Required = true };
        var biometrics = new Option<string?>("--biometrics") { Description = "Folder of ISO records (Left_Thumb.iso, …) used as the captured person. Default: synthetic ones." };
        var batch = new Option<bool>("--batch") { Description = "Play as fast as the machine can, with plain lines; the last is the summary as JSON." };
        var speed = new Option<double?>("--speed") { Description = "Days a second in the live view, above 0. Default: the whole scenario in two and a half minutes." };
        speed.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double?>() > 0))
            {
                result.AddError("--speed wants days a second, above 0.");
            }
        });
        var root = new RootCommand("KtpGrpc fleet: plays a scenario of many stations against a real server.")
        {
            scenario, seed, control, upload, pages, data, work, biometrics, batch, speed,
        };
        root.SetAction((parsed, cancellation) => PlayAsync(
            parsed.GetRequiredValue(scenario),
            parsed.GetValue(seed),
            new FleetPlaces(parsed.GetRequiredValue(control), parsed.GetRequiredValue(upload), parsed.GetRequiredValue(pages), parsed.GetRequiredValue(data), parsed.GetRequiredValue(work)),
            new FleetOptions(parsed.GetValue(biometrics), parsed.GetValue(batch), parsed.GetValue(speed)),
            cancellation));

        var start = new Command("start", "Prints when the scenario starts, for the server's --scenario; refuses what could not be played.") { scenario, biometrics };
        start.SetAction((parsed, cancellation) => Guarded(() =>
        {
            if (parsed.GetValue(biometrics) is { } folder)
            {
                Devices.People.Read(folder);
            }

            Console.WriteLine(new Plan.FleetPlan(ScenarioReader.Load(parsed.GetRequiredValue(scenario)), seed: 0).Start.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
            return Task.FromResult(0);
        }, cancellation));
        root.Add(start);

        var result = root.Parse(args);
        var code = await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = _endsWithin });
        return result.Errors.Count == 0 ? code : 2;
    }

    private static Option<Uri> Address(string name, string description, string usual) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => new Uri(usual),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            result.AddError($"{name} wants an address: {usual}.");
            return null;
        },
    };

    private static Task<int> PlayAsync(string scenario, int seed, FleetPlaces places, FleetOptions options, CancellationToken cancellation) =>
        Guarded(() => FleetProgram.PlayAsync(new Plan.FleetPlan(ScenarioReader.Load(scenario), seed), places, options, cancellation), cancellation);

    private static async Task<int> Guarded(Func<Task<int>> play, CancellationToken cancellation)
    {
        try
        {
            return await play();
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("ktp-fleet: stopped before the end of the scenario.");
            return Stopped;
        }
        catch (ScenarioException fault)
        {
            await Console.Error.WriteLineAsync($"ktp-fleet: {fault.Message}");
            return 2;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException or TimeoutException or Grpc.Core.RpcException)
        {
            await Console.Error.WriteLineAsync($"ktp-fleet: {(fault is Grpc.Core.RpcException refusal ? $"{refusal.StatusCode}: {refusal.Status.Detail}" : fault.Message)}");
            return 1;
        }
    }
}
