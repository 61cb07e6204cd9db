using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Journal.V1;
using Ktp.Printing.V1;
using KtpGrpc.Server.Journal;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Storage;
using KtpGrpc.Server.Tests.Cards;
using KtpGrpc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using PrintingClient = Ktp.Printing.V1.PrintingService.PrintingServiceClient;

namespace KtpGrpc.Server.Tests.Printing;

/// <summary>A server with the city of 53.71, blanks in its vault, and a clock that the test moves.</summary>
internal sealed class PrintShop : IAsyncDisposable
{
    public const string Printer = "HDP-1";

    public static readonly DateTimeOffset Opening = new(2017, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = Opening;
    private int _citizens;

    private readonly Stack<RunningServer> _servers = new();

    private PrintShop(RunningServer server) => _servers.Push(server);

    public RunningServer Server => _servers.Peek();

    public PrintingClient Officer => new(Server.Admin);

    public CardService.CardServiceClient Stock => new(Server.Admin);

    public static async Task<PrintShop> OpenAsync(Engine engine = Engine.Sqlite, int blanks = 1000)
    {
        var shop = new PrintShop(await RunningServer.StartAsync(engine, Opening));
        await shop.Server.PutRegionsAsync("53.71.04", "53.71.05", "53.01.01", "53.02.01");
        await shop.Stock.ReceiveBlanksAsync(new ReceiveBlanksRequest { RequestId = New(), OfficeCode = "53.71", FirstSerial = 1, Count = blanks, Counted = blanks, Document = "BA-1" });
        return shop;
    }

    public static string New() => Guid.NewGuid().ToString();

    /// <summary>A station with so many blanks in its hopper.</summary>
    public async Task<PrintStation> JoinAsync(string district = "53.71.04", int blanks = 10)
    {
        var joined = await Server.JoinAsync(district);
        if (blanks > 0)
        {
            await Stock.LoadHopperAsync(new LoadHopperRequest { RequestId = New(), StationId = joined.Id, Count = blanks });
        }

        return new PrintStation(joined);
    }

    /// <summary>A station that was let start the one job there is.</summary>
    public async Task<(PrintStation Station, Lease Lease, long Blank)> StartAsync()
    {
        var station = await JoinAsync();
        await EnqueueAsync();
        var (lease, blank) = await station.LeaseAndStartAsync();
        return (station, lease, blank);
    }

    public EnqueueJobRequest NewJob(string region = "53.71.04", JobPriority priority = JobPriority.FirstTime, string held = "")
    {
        var number = Interlocked.Increment(ref _citizens);
        return new EnqueueJobRequest
        {
            RequestId = New(),
            Nik = string.Create(CultureInfo.InvariantCulture, $"537104010190{number:0000}"),
            Name = "Maria",
            IssuanceNumber = 1,
            RegionCode = region,
            Priority = priority,
            CardPayload = ByteString.CopyFromUtf8($"card {number}"),
            HeldReason = held,
        };
    }

    public async Task<Job> EnqueueAsync(string region = "53.71.04", JobPriority priority = JobPriority.FirstTime, string held = "") =>
        (await Officer.EnqueueJobAsync(NewJob(region, priority, held))).Job;

    public async Task AdvanceAsync(TimeSpan span)
    {
        _now += span;
        await Server.AdvanceAsync(_now);
    }

    /// <summary>Stops the server and starts another one on its data; every answer so far must have been durable.</summary>
    public async Task RestartAsync() => _servers.Push(await Server.RestartAsync());

    public async Task<Job> FindAsync(string jobId) =>
        (await Officer.ListJobsAsync(new ListJobsRequest { RegionCode = "53", PageSize = 1000 })).Jobs.Single(job => job.JobId == jobId);

    public async Task<Ktp.Cards.V1.Card> CardAsync(long serial) => (await Stock.GetCardAsync(new GetCardRequest { Serial = serial })).Card;

    public async Task<Ktp.Cards.V1.Balance> BalanceAsync(string office = "53.71") => (await Stock.GetBalanceAsync(new GetBalanceRequest { OfficeCode = office })).Balance;

    /// <summary>
    /// All that facts tell, but for the tables named: what must be the same after a refusal. Not the incidents, which follow in
    /// their own time.
    /// </summary>
    public async Task<string> PictureAsync(params string[] without)
    {
        // What follows the journal has followed it, so that a picture is not that of a moment.
        await Server.Services.GetRequiredService<Followers>().DrainAsync(CancellationToken.None);
        var tables = Server.Services.GetRequiredService<FactCatalog>().Tables.Append("citizens").Append("printing_payloads").Append("requests").Except(without).Where(table => table != "incidents");
        return string.Join('\n', await Server.Services.GetRequiredService<Database>().ReadAsync(tx => Rows.OfAsync(tx, tables), CancellationToken.None));
    }

    /// <summary>What is wrong now, after everybody has taken the news.</summary>
    public async Task<List<IncidentKind>> IncidentsAsync()
    {
        await AdvanceAsync(TimeSpan.FromMilliseconds(1));
        var open = await new IncidentService.IncidentServiceClient(Server.Admin).ListIncidentsAsync(new ListIncidentsRequest { RegionCode = "53", OpenOnly = true });
        return [.. open.Incidents.Select(incident => incident.Kind)];
    }

    /// <summary>An officer of the city, with a name of his own.</summary>
    public PrintingClient Person(string name) => new(Server.Operator(name, "53.71", Role.Officer));

    public Task<List<string>> FactsAsync(string jobId) => Server.Services.GetRequiredService<Database>().ReadAsync(
        tx => tx.ListAsync("SELECT kind FROM journal WHERE subject = $1 ORDER BY id", row => row.GetString(0), "job/" + jobId), CancellationToken.None);

    /// <summary>What must hold after any test: the journal tells the tables, and every blank is somewhere.</summary>
    public async Task CheckBooksAsync()
    {
        var verified = await new Ktp.Journal.V1.JournalService.JournalServiceClient(Server.Admin).VerifyJournalAsync(new VerifyJournalRequest());
        Assert.Empty(verified.Faults);
        Books.Hold(await BalanceAsync());
        var totals = await Officer.GetTotalsAsync(new GetTotalsRequest { RegionCode = "" });
        Assert.Equal(totals.Enqueued, totals.Totals.Sum(total => total.Jobs));
    }

    /// <summary>The call is refused with this status, and nothing has changed.</summary>
    public async Task RefusesAsync(StatusCode status, Func<Task> call)
    {
        var before = await PictureAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(status == refused.StatusCode, $"Expected {status}, was {refused.Status}.");
        Assert.Equal(before, await PictureAsync());
    }

    public async ValueTask DisposeAsync()
    {
        // The first one owns the folder.
        while (_servers.TryPop(out var server))
        {
            await server.DisposeAsync();
        }
    }
}

/// <summary>A station that prints, as its agent does.</summary>
internal sealed class PrintStation(JoinedStation joined)
{
    public const string Chip = "04AB";

    public string Id => joined.Id;

    public CallInvoker Control => joined.Control;

    /// <summary>The same station, as it speaks to a server that was started anew.</summary>
    public PrintStation At(RunningServer server) => new(server.As(joined.Id, joined.Certificate));

    public PrintingClient Client { get; } = new(joined.Control);

    public async Task<IReadOnlyList<Lease>> LeaseAsync(int most = 1, int? ribbon = null, bool? canEncode = null)
    {
        var request = new LeaseJobsRequest { MaxJobs = most, Printer = new Device { Kind = DeviceKind.Printer, Serial = PrintShop.Printer, Model = "HDP5000" } };
        if (ribbon is { } cards)
        {
            request.RibbonLeft = cards;
        }

        if (canEncode is { } can)
        {
            request.CanEncode = can;
        }

        return (await Client.LeaseJobsAsync(request)).Leases;
    }

    public async Task<long> StartAsync(Lease lease, string printer = PrintShop.Printer, ulong picked = 7) => (await Client.StartAttemptAsync(
        new StartAttemptRequest { JobId = lease.JobId, Epoch = lease.Epoch, PrinterSerial = printer, CardsPickedBefore = picked })).BlankSerial;

    public Task<JobState> PrintedAsync(Lease lease, string printer = PrintShop.Printer, ulong picked = 8) => ReportAsync(lease, picked, printer, report => report.Printed = new Printed { ChipUid = Chip });

    public Task<JobState> FailedAsync(Lease lease, FailureClass failure, ulong picked = 8, string code = "E17") =>
        ReportAsync(lease, picked, PrintShop.Printer, report => report.Failed = new Failed { FailureClass = failure, Code = code });

    public Task<JobState> LostAsync(Lease lease) => ReportAsync(lease, 8, PrintShop.Printer, report => report.Lost = new Lost());

    public async Task<(Lease Lease, long Blank)> LeaseAndStartAsync()
    {
        var lease = Assert.Single(await LeaseAsync());
        return (lease, await StartAsync(lease));
    }

    /// <summary>A card from lease to report, on one blank.</summary>
    public async Task<(Lease Lease, long Blank)> PrintAsync()
    {
        var started = await LeaseAndStartAsync();
        await PrintedAsync(started.Lease);
        return started;
    }

    /// <summary>An attempt of which nobody knows how it ended.</summary>
    public async Task<(Lease Lease, long Blank)> LoseAsync()
    {
        var started = await LeaseAndStartAsync();
        await LostAsync(started.Lease);
        return started;
    }

    private async Task<JobState> ReportAsync(Lease lease, ulong picked, string printer, Action<ReportAttemptRequest> outcome)
    {
        var report = new ReportAttemptRequest { JobId = lease.JobId, Epoch = lease.Epoch, PrinterSerial = printer, CardsPickedAfter = picked };
        outcome(report);
        return (await Client.ReportAttemptAsync(report)).State;
    }
}
