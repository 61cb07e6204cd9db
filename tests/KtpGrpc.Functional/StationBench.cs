using Google.Protobuf;
using Grpc.Core;
using Ktp.Cards.V1;
using Ktp.Enrolment.V1;
using Ktp.Journal.V1;
using Ktp.Printing.V1;
using Ktp.Stations.V1;
using KtpGrpc.Agent;
using KtpGrpc.Agent.Devices;
using KtpGrpc.Agent.Enrolment;
using KtpGrpc.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Citizen = KtpGrpc.Agent.Enrolment.Citizen;

namespace KtpGrpc.Functional;

/// <summary>A server with one district, and the folder of one station of it, which a test may spoil between two lives of its agent.</summary>
internal sealed class StationBench : IAsyncDisposable
{
    public const string District = "53.71.04";

    private const string Office = "53.71";
    private const string Event = "session.event-taken";

    private readonly TempFolder _folder = new();
    private string? _token;

    private StationBench(RunningServer server) => Server = server;

    public RunningServer Server { get; }

    public string Folder => _folder["station"];

    public string Centre => Path.Combine(_folder["centre"], CentreKeys.CertificateFile);

    public static async Task<StationBench> StartAsync()
    {
        var bench = new StationBench(await RunningServer.StartAsync());
        await bench.Server.PutRegionsAsync(District);
        CentreKeys.Create(bench._folder["centre"], Now).Dispose();
        bench._token = (await new StationService.StationServiceClient(bench.Server.Admin).CreateJoinTokenAsync(
            new CreateJoinTokenRequest { RequestId = "desk", RegionCode = District, StationName = "Desk" })).Token;
        return bench;
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public AgentOptions Options => new()
    {
        Folder = Folder,
        Control = Server.ControlAddress,
        Upload = Server.UploadAddress,
        CentreCertificatePath = Centre,
    };

    /// <summary>Opens the station's agent; it joins the first time.</summary>
    public Task<StationAgent> OpenAsync(Kit? kit = null, Func<AgentOptions, AgentOptions>? change = null, TimeProvider? time = null) => StationAgent.OpenAsync(
        change is null ? Options : change(Options), kit ?? new Kit([new OnePersonScanner()], null, []), time ?? TimeProvider.System,
        NullLoggerFactory.Instance, _token, CancellationToken.None);

    /// <summary>Records one more citizen; gives the packet's name.</summary>
    public static async Task<PacketId> RecordAsync(StationAgent agent, int number = 1)
    {
        var citizen = new Citizen(Nik.Parse($"537104550890{number:D4}"), "A citizen");
        return await agent.RecordAsync(citizen, Now, CancellationToken.None) is RecordOutcome.Saved saved
            ? saved.Packet
            : throw new InvalidOperationException("The citizen was not recorded.");
    }

    /// <summary>The one file of a packet in a folder of the station.</summary>
    public string FileOf(string folder, PacketId packet) =>
        Directory.EnumerateFiles(Path.Combine(Folder, folder), $"*{packet.Value:N}*").Single();

    public async Task<long> PacketsReceivedAsync() =>
        (await new EnrolmentService.EnrolmentServiceClient(Server.Admin).GetTotalsAsync(new Ktp.Enrolment.V1.GetTotalsRequest { RegionCode = Office })).Packets;

    /// <summary>Blanks in the hopper and print-ready records in the queue, as many of each.</summary>
    public async Task FeedAsync(StationAgent agent, int cards)
    {
        var stock = new CardService.CardServiceClient(Server.Admin);
        await stock.ReceiveBlanksAsync(new ReceiveBlanksRequest { RequestId = "blanks", OfficeCode = Office, FirstSerial = 1, Count = cards, Counted = cards, Document = "BAST 1" });
        await stock.LoadHopperAsync(new LoadHopperRequest { RequestId = "hopper", StationId = agent.StationId, Count = cards });
        for (var card = 1; card <= cards; card++)
        {
            await new PrintingService.PrintingServiceClient(Server.Admin).EnqueueJobAsync(new EnqueueJobRequest
            {
                RequestId = $"job-{card}",
                Nik = $"537104550890{card:D4}",
                Name = "A citizen",
                IssuanceNumber = 1,
                RegionCode = Office,
                Priority = JobPriority.FirstTime,
                CardPayload = ByteString.CopyFromUtf8("card"),
            });
        }
    }

    public async Task<IReadOnlyList<Job>> JobsAsync() =>
        (await new PrintingService.PrintingServiceClient(Server.Admin).ListJobsAsync(new ListJobsRequest { RegionCode = Office })).Jobs;

    /// <summary>Waits for so many facts of the station's own events, and gives their payloads.</summary>
    public Task<IReadOnlyList<string>> EventsAsync(int count) => EventsAsync(Server, count);

    public static async Task<IReadOnlyList<string>> EventsAsync(RunningServer server, int count)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        using var watch = new JournalService.JournalServiceClient(server.Admin).WatchFacts(new WatchFactsRequest(), cancellationToken: patience.Token);
        var events = new List<string>();
        while (events.Count < count && await watch.ResponseStream.MoveNext(patience.Token))
        {
            if (watch.ResponseStream.Current.Fact is { Kind: Event } fact)
            {
                events.Add(fact.Payload);
            }
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        var faults = await Server.FaultsAsync();
        await Server.DisposeAsync();
        _folder.Dispose();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"The journal does not verify: {string.Join("; ", faults)}");
        }
    }
}
