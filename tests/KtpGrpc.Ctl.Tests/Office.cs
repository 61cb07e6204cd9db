using System.Globalization;
using Google.Protobuf;
using Ktp.Cards.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace KtpGrpc.Ctl.Tests;

/// <summary>A real server with the office of 53.71, and operators who work with ktpctl, each with a secret of his own in a file.</summary>
internal sealed class Office : IAsyncDisposable
{
    public const string Code = "53.71";

    /// <summary>A Friday, eleven in the morning in Kupang.</summary>
    public static readonly DateTimeOffset Opening = new(2018, 12, 21, 3, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private int _citizens;

    private Office(RunningServer server)
    {
        Server = server;
        File.WriteAllText(this["ca.pem"], server.Authority.ExportCertificatePem());
        Add("custodian-1", Role.Custodian);
        Add("satpol-pp", Role.Witness);
        Add("inspectorate", Role.Witness);
        Add("officer-1", Role.Officer);
        Add("officer-2", Role.Officer);
    }

    public RunningServer Server { get; }

    public CardService.CardServiceClient Cards => new(Server.Admin);

    /// <summary>The path of a file of the operators' own.</summary>
    public string this[string name] => _folder[name];

    public static async Task<Office> OpenAsync(Engine engine = Engine.Sqlite)
    {
        var server = await RunningServer.StartAsync(engine, Opening);
        await server.PutRegionsAsync("53.71.04", "53.72.01");
        return new Office(server);
    }

    public void Add(string name, params Role[] roles) => Add(name, Code, roles);

    public void Add(string name, string region, params Role[] roles) => File.WriteAllText(this[name + ".secret"], Server.AddOperator(name, region, roles) + "\n");

    /// <summary>Runs ktpctl as somebody, and answers its exit code and what it wrote.</summary>
    public Task<Ran> RunAsync(string who, params string[] arguments) => Ran.Async(As(who, arguments));

    /// <summary>The same on a screen.</summary>
    public Task<Ran> LookAsync(string who, params string[] arguments) => Ran.Async(As(who, arguments), interactive: true);

    /// <summary>The same as the first admin, as on the server's own machine.</summary>
    public Task<Ran> RunAsAdminAsync(params string[] arguments) => Ran.Async([.. arguments, "--server", $"{Server.ControlAddress}", "--data", Server.Options.Data]);

    public async Task<string> OpenDestructionAsync() => (await RunAsync(
        "custodian-1", "destruction", "open", Code, "--method", "fire", "--place", "Halaman Kantor Dinas Dukcapil Kota Kupang")).Done()["destruction id"];

    /// <summary>Cards that were printed elsewhere, taken from their citizens into custody.</summary>
    public Task WithdrawAsync(long first, int cards, InvalidReason reason) => Parallel.ForAsync(0, cards, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, cancellation) =>
        await Cards.WithdrawCardAsync(new WithdrawCardRequest { RequestId = Guid.NewGuid().ToString(), OfficeCode = Code, Serial = first + i, Reason = reason }, cancellationToken: cancellation));

    /// <summary>A station that prints, with so many blanks in its hopper, which its office received before.</summary>
    public async Task<PrintStation> JoinPrinterAsync(int blanks = 5)
    {
        var station = await Server.JoinAsync("53.71.04");
        await Cards.LoadHopperAsync(new LoadHopperRequest { RequestId = station.Id, StationId = station.Id, Count = blanks });
        return new PrintStation(station);
    }

    public Task ReceiveAsync(int blanks = 100) => Cards.ReceiveBlanksAsync(
        new ReceiveBlanksRequest { RequestId = "blanks", OfficeCode = Code, FirstSerial = 1, Count = blanks, Counted = blanks, Document = "BA-1" }).ResponseAsync;

    /// <summary>Blanks from 1 on, of which a station spoils so many; tells which.</summary>
    public async Task<List<long>> SpoilAsync(int cards)
    {
        await ReceiveAsync();
        var spoiled = new List<long>();
        while (spoiled.Count < cards)
        {
            // Each at a station of its own, for three in a row drain a printer.
            var station = await JoinPrinterAsync();
            await EnqueueAsync();
            spoiled.Add((await station.SpoilAsync(spoiled.Count % 2 == 0 ? FailureClass.Print : FailureClass.Encode)).Blank);
        }

        return spoiled;
    }

    /// <summary>The job of another citizen each time.</summary>
    public async Task<string> EnqueueAsync() => (await new PrintingService.PrintingServiceClient(Server.Admin).EnqueueJobAsync(new EnqueueJobRequest
    {
        RequestId = Guid.NewGuid().ToString(),
        Nik = string.Create(CultureInfo.InvariantCulture, $"537104010190{++_citizens:0000}"),
        Name = "Maria",
        IssuanceNumber = 1,
        RegionCode = "53.71.04",
        Priority = JobPriority.FirstTime,
        CardPayload = ByteString.CopyFromUtf8("card"),
    })).Job.JobId;

    public Task AdvanceAsync(DateTimeOffset to) => Server.AdvanceAsync(to);

    /// <summary>Facts that were ever accepted, for no change is without one; but for incidents, which follow in their own time.</summary>
    public Task<long> CountFactsAsync() => Server.Services.GetRequiredService<Database>().ReadAsync(tx => tx.NumberAsync("SELECT COUNT(*) FROM journal WHERE kind NOT LIKE 'incidents.%'"), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private string[] As(string who, string[] arguments) =>
        [.. arguments, "--server", $"{Server.ControlAddress}", "--authority", this["ca.pem"], "--operator", who, "--secret-file", this[who + ".secret"]];
}
