using System.Globalization;
using Ktp.Incidents.V1;
using Ktp.Repairs.V1;

namespace KtpGrpc.Fleet.Run;

/// <summary>The steps of repairs on the wire: the dispatcher's as the admin, a technician's own with his own credential. Each step happens once a day.</summary>
internal sealed class RepairCalls(ServerLink server, OfficePeople people, string region)
{
    private const int Page = 1000;
    private const string Spare = "spare";

    private readonly IncidentService.IncidentServiceClient _incidents = new(server.Invoker);
    private readonly RepairService.RepairServiceClient _repairs = new(server.Invoker);

    /// <summary>The open ones, the country's with them: they explain some of the province's.</summary>
    public async Task<IReadOnlyList<Incident>> IncidentsAsync(CancellationToken cancellation) =>
        (await server.CallAsync(options => _incidents.ListIncidentsAsync(new ListIncidentsRequest { OpenOnly = true, PageSize = Page }, options), cancellation)).Incidents;

    public async Task<List<Repair>> OpenOnesAsync(CancellationToken cancellation) =>
        [.. (await server.CallAsync(options => _repairs.ListRepairsAsync(new ListRepairsRequest { RegionCode = region, OpenOnly = true, PageSize = Page }, options), cancellation)).Repairs];

    public async Task<Repair> OpenAsync(Incident incident, DateOnly day, CancellationToken cancellation)
    {
        var request = new OpenRepairRequest { RequestId = Id("open", incident.IncidentId, day), IncidentId = incident.IncidentId };
        return (await server.CallAsync(options => _repairs.OpenRepairAsync(request, options), cancellation)).Repair;
    }

    public async Task<Repair> OrderSpareAsync(Repair repair, DateOnly day, DateOnly due, CancellationToken cancellation)
    {
        var request = new OrderPartRequest { RequestId = Id("order", repair.RepairId, day), RepairId = repair.RepairId, Part = Spare, Expected = due.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
        return (await server.CallAsync(options => _repairs.OrderPartAsync(request, options), cancellation)).Repair;
    }

    public async Task<Repair> ReceiveSpareAsync(Repair repair, DateOnly day, CancellationToken cancellation)
    {
        var request = new ReceivePartRequest { RequestId = Id("receive", repair.RepairId, day), RepairId = repair.RepairId };
        return (await server.CallAsync(options => _repairs.ReceivePartAsync(request, options), cancellation)).Repair;
    }

    public async Task CancelAsync(Repair repair, DateOnly day, CancellationToken cancellation)
    {
        var request = new CancelRepairRequest { RequestId = Id("cancel", repair.RepairId, day), RepairId = repair.RepairId, Reason = "It is well again." };
        await server.CallAsync(options => _repairs.CancelRepairAsync(request, options), cancellation);
    }

    /// <summary>By desk, the rank of its best step; those that it would not go to have none.</summary>
    public async Task<IReadOnlyDictionary<string, int>> RanksAsync(IEnumerable<int> free, CancellationToken cancellation)
    {
        var ask = new SuggestRequest { RegionCode = region, MostSteps = Page };
        ask.Technicians.AddRange(free.Select(technician => new Technician { Name = OfficePeople.TechnicianName(technician), RegionCode = region }));
        var steps = (await server.CallAsync(options => _repairs.SuggestAsync(ask, options), cancellation)).Steps;
        return steps.Where(step => step.Kind == StepKind.Repair).GroupBy(step => step.StationId).ToDictionary(desk => desk.Key, desk => desk.Min(step => step.Rank));
    }

    public async Task SendAsync(Repair repair, int technician, DateOnly day, CancellationToken cancellation)
    {
        var assign = new AssignRepairRequest { RequestId = Id("assign", repair.RepairId, day), RepairId = repair.RepairId, Technician = OfficePeople.TechnicianName(technician) };
        await server.CallAsync(options => _repairs.AssignRepairAsync(assign, options), cancellation);
        var depart = new DepartRepairRequest { RequestId = Id("depart", repair.RepairId, day), RepairId = repair.RepairId };
        await server.CallAsync(options => As(technician).DepartRepairAsync(depart, options), cancellation);
    }

    public async Task FinishAsync(Repair repair, int technician, DateOnly day, WorkDone done, string newSerial, CancellationToken cancellation)
    {
        var arrive = new ArriveRepairRequest { RequestId = Id("arrive", repair.RepairId, day), RepairId = repair.RepairId };
        await server.CallAsync(options => As(technician).ArriveRepairAsync(arrive, options), cancellation);
        var complete = new CompleteRepairRequest { RequestId = Id("complete", repair.RepairId, day), RepairId = repair.RepairId, Done = done, NewSerial = newSerial };
        await server.CallAsync(options => As(technician).CompleteRepairAsync(complete, options), cancellation);
    }

    private RepairService.RepairServiceClient As(int technician) => new(people.Technicians[technician]);

    private static string Id(string step, string of, DateOnly day) => $"fleet-{step}-{of}-{day:yyyy-MM-dd}";
}
