using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ktp.Health.V1;
using Ktp.Incidents.V1;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Rpc;
using KtpGrpc.Server.Tests.Health;
using KtpGrpc.Testing;
using Xunit;
using Client = Ktp.Repairs.V1.RepairService.RepairServiceClient;

namespace KtpGrpc.Server.Tests.Repairs;

/// <summary>A server with some kits, a dispatcher of their city and two technicians, in lock step with the scenario's clock.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    /// <summary>A Monday.</summary>
    public static readonly DateTimeOffset Start = new(2016, 8, 1, 0, 0, 0, TimeSpan.Zero);

    public const string TechnicianName = "technician-1";

    private readonly RunningServer _first;

    private Workshop(RunningServer server)
    {
        _first = Server = server;
        Dispatcher = new Client(server.Operator("dispatcher-1", "53.71", Role.Dispatcher));
        Tech = new Client(server.Operator(TechnicianName, "53.71", Role.Operator));
        OtherTech = new Client(server.Operator("technician-2", "53.71", Role.Operator));
    }

    public RunningServer Server { get; private set; }

    public List<Kit> Kits { get; } = [];

    public Kit Kit => Kits[0];

    public Client Dispatcher { get; private set; }

    public Client Tech { get; private set; }

    public Client OtherTech { get; }

    public DateTimeOffset Now { get; private set; } = Start;

    public static async Task<Workshop> OpenAsync(Engine engine = Engine.Sqlite, params string[] districts)
    {
        var shop = new Workshop(await RunningServer.StartAsync(engine, Start));
        string[] wanted = districts.Length > 0 ? districts : ["53.71.04"];
        await shop.Server.PutRegionsAsync([.. wanted.Distinct()]);
        foreach (var district in wanted)
        {
            shop.Kits.Add(new Kit(shop.Server, (await shop.Server.JoinAsync(district)).Id));
            await shop.Kits[^1].HelloAsync(Start);
            await shop.Kits[^1].BeatAsync(Start);
        }

        await shop.PassAsync(TimeSpan.FromMinutes(1));
        return shop;
    }

    /// <summary>Lets domain time pass; followers and timers have done what is due when it returns.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Now += time;
        await Server.AdvanceAsync(Now);
    }

    /// <summary>A device shows a code, or none, and what follows has happened.</summary>
    public async Task ShowAsync(Device device, params string[] codes)
    {
        await Kit.TakeAsync(Now, Kit.Sample(device, Now, codes));
        await PassAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>All devices of the kit work, and what follows has happened.</summary>
    public async Task WorkAsync(int captures = 5)
    {
        await Kit.BeatAsync(Now, captures);
        await PassAsync(TimeSpan.FromMinutes(30));
    }

    public async Task<Ktp.Repairs.V1.Repair> OpenAsync(Device device, Kit? of = null) => (await Dispatcher.OpenRepairAsync(new OpenRepairRequest
    {
        RequestId = NewId(),
        Device = new StationDevice { StationId = (of ?? Kit).Id.Value, Kind = device.Kind, Serial = device.Serial },
        Reason = "Operator complains",
    })).Repair;

    /// <summary>From assignment to the end of the work, as the technician does it.</summary>
    public async Task<Ktp.Repairs.V1.Repair> DoAsync(string id, WorkDone done = WorkDone.Cleaned, string newSerial = "", string partUsed = "")
    {
        await Dispatcher.AssignRepairAsync(new AssignRepairRequest { RequestId = NewId(), RepairId = id, Technician = TechnicianName });
        await Tech.DepartRepairAsync(new DepartRepairRequest { RequestId = NewId(), RepairId = id });
        await Tech.ArriveRepairAsync(new ArriveRepairRequest { RequestId = NewId(), RepairId = id });
        return (await Tech.CompleteRepairAsync(new CompleteRepairRequest { RequestId = NewId(), RepairId = id, Done = done, NewSerial = newSerial, PartUsed = partUsed })).Repair;
    }

    public async Task<Ktp.Repairs.V1.Repair> GetAsync(string id) => (await Dispatcher.GetRepairAsync(new GetRepairRequest { RepairId = id })).Repair;

    public async Task<List<Ktp.Incidents.V1.Incident>> IncidentsAsync() => [.. (await new IncidentService.IncidentServiceClient(Server.Admin)
        .ListIncidentsAsync(new ListIncidentsRequest { RegionCode = "53.71", OpenOnly = true })).Incidents];

    public async Task VerifyAsync() => Assert.Empty(await Server.FaultsAsync());

    /// <summary>The server goes and comes back on its data; the kits say hello again.</summary>
    public async Task RestartAsync()
    {
        Server = await Server.RestartAsync();
        Dispatcher = new Client(Server.Operator("dispatcher-2", "53.71", Role.Dispatcher));
        Tech = new Client(Server.Admin);
        foreach (var kit in Kits)
        {
            kit.Server = Server;
            await kit.HelloAsync(Now);
        }
    }

    public static async Task RefusedAsync(StatusCode status, string words, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(status, refused.StatusCode);
        Assert.Contains(words, refused.Status.Detail, StringComparison.Ordinal);
    }

    public static string NewId() => Guid.NewGuid().ToString();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (Server != _first)
        {
            await _first.DisposeAsync();
        }
    }
}
