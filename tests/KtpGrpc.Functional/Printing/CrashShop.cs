using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Ktp.Cards.V1;
using Ktp.Health.V1;
using Ktp.Journal.V1;
using Ktp.Printing.V1;
using Ktp.Scenario.V1;
using Ktp.Stations.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Identity;
using KtpGrpc.Agent.Session;
using KtpGrpc.Fleet.Run;
using KtpGrpc.Functional.Scenarios;
using KtpGrpc.Testing;
using Xunit;
using PrintingClient = Ktp.Printing.V1.PrintingService.PrintingServiceClient;

namespace KtpGrpc.Functional.Printing;

/// <summary>
/// A server, a station and its printer, each a process or a file of its own, and a link between them that can fail. One office for
/// each test, so that tests can share a server.
/// </summary>
internal sealed class CrashShop : IAsyncDisposable
{
    public const string Printer = "HDP-1";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static int _offices;

    private readonly TempFolder _folder = new();
    private readonly KillableServer _server;
    private readonly ServerLink _admin;
    private readonly string _district;
    private readonly List<ChildProcess> _children = [];
    private readonly List<StationLink> _links = [];
    private readonly int _office = Interlocked.Increment(ref _offices);
    private int _stations;

    private CrashShop(KillableServer server, string data)
    {
        _server = server;
        _admin = ServerLink.Open(server.Control, data, TimeProvider.System);
        _district = string.Create(CultureInfo.InvariantCulture, $"53.{_office:00}.01");
        Wire = new TcpProxy(server.Control);
    }

    /// <summary>The station's link.</summary>
    public TcpProxy Wire { get; }

    /// <summary>The station's own calls, without its agent.</summary>
    public PrintingClient Station => Client(_folder["station"]);

    public PrintingClient Officer => new(_admin.Invoker);

    public static async Task<CrashShop> OpenAsync(KillableServer server, string data)
    {
        var shop = new CrashShop(server, data);
        var regions = new PutRegionsRequest { RequestId = New() };
        foreach (var code in new[] { shop._district[..2], shop.Office, shop._district })
        {
            regions.Regions.Add(new Region { Code = code, Name = code });
        }

        await new StationService.StationServiceClient(shop._admin.Invoker).PutRegionsAsync(regions);
        await shop.Cards.ReceiveBlanksAsync(new ReceiveBlanksRequest
        {
            RequestId = New(),
            OfficeCode = shop.Office,
            FirstSerial = shop._office * 1000,
            Count = 20,
            Counted = 20,
            Document = "BA-1",
        });
        await shop.JoinAsync(shop._folder["station"]);
        return shop;
    }

    public async Task<Job> EnqueueAsync() => (await Officer.EnqueueJobAsync(new EnqueueJobRequest
    {
        RequestId = New(),
        Nik = string.Create(CultureInfo.InvariantCulture, $"537104010190{_office:0000}"),
        Name = "Maria",
        IssuanceNumber = 1,
        RegionCode = _district,
        Priority = JobPriority.FirstTime,
        CardPayload = ByteString.CopyFromUtf8("card"),
    })).Job;

    /// <summary>A second station of the same district, without an agent.</summary>
    public async Task<PrintingClient> JoinAnotherAsync()
    {
        await JoinAsync(_folder["another"]);
        return Client(_folder["another"]);
    }

    /// <summary>The agent, until it stands at a step.</summary>
    public async Task<ChildProcess> PrintUntilAsync(string step, string serial = Printer)
    {
        var child = Start(step, serial);
        await child.WaitForLineAsync(Regex.Escape("at " + step), _patience);
        return child;
    }

    public void GoOn() => File.WriteAllText(_folder["station/" + PrintingChild.Go], "");

    public static async Task EndAsync(ChildProcess agent) => await agent.WaitForLineAsync("done", _patience);

    public static async Task KillAsync(ChildProcess agent)
    {
        agent.Kill();
        await agent.WaitForExitAsync();
    }

    /// <summary>The agent starts anew, and prints what there is: now, and after the hour for which a station may be avoided.</summary>
    public async Task PrintAllAsync(string serial = Printer)
    {
        await EndAsync(Start("none", serial));
        await AdvanceAsync(TimeSpan.FromHours(1));
        await EndAsync(Start("none", serial));
    }

    public async Task AdvanceAsync(TimeSpan span)
    {
        var clock = new ClockService.ClockServiceClient(_admin.Invoker);
        var now = await _admin.CallAsync(options => clock.GetTimeAsync(new GetTimeRequest(), options), CancellationToken.None);
        await clock.AdvanceToAsync(new AdvanceToRequest { Time = (now.Time.ToDateTimeOffset() + span).ToTimestamp() });
    }

    public async Task<Job> JobAsync() =>
        (await _admin.CallAsync(options => Officer.ListJobsAsync(new ListJobsRequest { RegionCode = _district }, options), CancellationToken.None)).Jobs.Single();

    public Task<Job> JobIsAsync(params JobState[] states) => Eventually.HoldsAsync(JobAsync, job => states.Contains(job.State), _patience);

    /// <summary>A person looks at what lies in the printer's tray and says it.</summary>
    public async Task ResolveAsync(Finding finding, long blank) => await Officer.ResolveAttemptAsync(new ResolveAttemptRequest
    {
        RequestId = New(),
        JobId = (await JobAsync()).JobId,
        Epoch = (await JobAsync()).Epoch,
        Finding = finding,
        BlankSerial = blank,
        ChipUid = finding == Finding.Printed ? FilePrinter.ChipOf(blank) : "",
    });

    /// <summary>The first blank of the office.</summary>
    public long FirstBlank => _office * 1000;

    /// <summary>One good card lies in the tray, and everybody's books say so.</summary>
    public async Task HasPrintedOnceAsync()
    {
        Assert.Equal(JobState.Printed, (await JobAsync()).State);
        Assert.Single(FilePrinter.CardsOf(_folder["printer"]));
        await CheckBooksAsync();
    }

    public async Task CheckBooksAsync()
    {
        Assert.Equal(FilePrinter.CardsOf(_folder["printer"]).Distinct(), FilePrinter.CardsOf(_folder["printer"]));
        var verified = await _admin.CallAsync(
            options => new JournalService.JournalServiceClient(_admin.Invoker).VerifyJournalAsync(new VerifyJournalRequest(), options), CancellationToken.None);
        Assert.Empty(verified.Faults);
        var balance = (await Cards.GetBalanceAsync(new GetBalanceRequest { OfficeCode = Office })).Balance;
        Assert.Equal(balance.Received, balance.Vault + balance.Hopper + balance.Consuming + balance.Issued + balance.Spoiled + balance.Missing);
        var printers = await Officer.ListPrintersAsync(new ListPrintersRequest { RegionCode = Office });
        Assert.All(printers.Printers, printer => Assert.Equal(0, printer.UnexplainedPicks));
    }

    public static Task<LeaseJobsResponse> LeaseAsync(PrintingClient station) => station.LeaseJobsAsync(
        new LeaseJobsRequest { MaxJobs = 1, Printer = new Device { Kind = DeviceKind.Printer, Serial = Printer, Model = "HDP5000" } }).ResponseAsync;

    public static Task<StartAttemptResponse> StartAsync(PrintingClient station, Lease lease) => station.StartAttemptAsync(
        new StartAttemptRequest { JobId = lease.JobId, Epoch = lease.Epoch, PrinterSerial = Printer, CardsPickedBefore = 100 }).ResponseAsync;

    public static ReportAttemptRequest Printed(Lease lease, long blank) => new()
    {
        JobId = lease.JobId,
        Epoch = lease.Epoch,
        PrinterSerial = Printer,
        CardsPickedAfter = 101,
        Printed = new Printed { ChipUid = FilePrinter.ChipOf(blank) },
    };

    public async ValueTask DisposeAsync()
    {
        _children.ForEach(child => child.Dispose());
        foreach (var link in _links)
        {
            await link.DisposeAsync();
        }

        Wire.Dispose();
        _admin.Dispose();
        _folder.Dispose();
    }

    private string Office => _district[..5];

    private CardService.CardServiceClient Cards => new(_admin.Invoker);

    private ChildProcess Start(string stop, string serial)
    {
        File.Delete(_folder["station/" + PrintingChild.Go]);
        var child = ChildProcess.Start("dotnet",
            [typeof(PrintingChild).Assembly.Location, PrintingChild.Verb, Wire.Address.ToString(), _folder["station"], _folder["printer"], serial, stop]);
        _children.Add(child);
        return child;
    }

    private async Task JoinAsync(string folder)
    {
        var token = await new StationService.StationServiceClient(_admin.Invoker).CreateJoinTokenAsync(
            new CreateJoinTokenRequest { RequestId = New(), RegionCode = _district, StationName = "Desk" });
        await Joining.JoinAsync(new AgentOptions { Folder = folder, Control = _server.Control, Upload = _server.Upload }, token.Token, TimeProvider.System, CancellationToken.None);
        await Cards.LoadHopperAsync(new LoadHopperRequest
        {
            RequestId = New(),
            StationId = string.Create(CultureInfo.InvariantCulture, $"{_district}-{++_stations}"),
            Count = 5,
        });
    }

    private PrintingClient Client(string folder)
    {
        var link = new StationLink(
            new AgentOptions { Folder = folder, Control = _server.Control, Upload = _server.Upload }, StationIdentity.Load(folder)!, TimeProvider.System);
        _links.Add(link);
        return new PrintingClient(link.Calls);
    }

    private static string New() => Guid.NewGuid().ToString();
}
