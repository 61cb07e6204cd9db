using Grpc.Core;
using Ktp.Repairs.V1;
using KtpGrpc.Server.Repairs.Planning;
using KtpGrpc.Server.Rpc;

namespace KtpGrpc.Server.Repairs;

internal sealed partial class RepairService
{
    private const int MostTechnicians = 20;
    private const int UsualDays = 30;
    private const int UsualSteps = 100;

    [Right(Role.Dispatcher)]
    public override async Task<SuggestResponse> Suggest(SuggestRequest request, ServerCallContext context)
    {
        var region = Region(context, request.RegionCode);
        if (region.Depth > 2)
        {
            throw Refuse.Invalid($"A plan is made for a regency or city, or more: ask for {region.Office}.");
        }

        Require.Within(request.Technicians.Count, "the number of technicians", 0, MostTechnicians);
        var workers = request.Technicians.Select(WorkerOf).DefaultIfEmpty(new Worker("technician", region, Priors.HoursToday)).ToList();
        if (workers.DistinctBy(worker => worker.Name).Count() != workers.Count)
        {
            throw Refuse.Invalid("A technician is named twice.");
        }

        var days = Require.Within(request.HorizonDays, "horizon_days", 0, 365) is > 0 and var wanted ? wanted : UsualDays;
        var most = Require.Within(request.MostSteps, "most_steps", 0, 1000) is > 0 and var asked ? asked : UsualSteps;
        var world = await database.ReadAsync(tx => PlanReader.ReadAsync(tx, region, days, clock.Now), context.CancellationToken);
        return new SuggestResponse { Steps = { Planner.Plan(world, workers).Take((int)most).Select((ranked, index) => ToWire(ranked, index + 1, world)) } };
    }

    private static Worker WorkerOf(Technician technician)
    {
        if (!(technician.Hours is >= 0 and <= 24))
        {
            throw Refuse.Invalid("hours must be 0 to 24.");
        }

        return new Worker(Word(technician.Name, "name"), Require.Region(technician.RegionCode), technician.Hours > 0 ? technician.Hours : Priors.HoursToday);
    }

    private static SuggestedStep ToWire(Ranked ranked, int rank, World world)
    {
        var (step, repair) = (ranked.Step, ranked.Step as Step.Repair);
        return new SuggestedStep
        {
            Rank = rank,
            Kind = repair is null ? StepKind.Loan : StepKind.Repair,
            StationId = (repair?.Desk ?? ((Step.Loan)step).Desk).Station.Value,
            Devices = { repair?.Faults.Select(fault => fault.Device.ToString()) ?? [] },
            RepairIds = { repair?.Faults.Select(fault => fault.RepairId).Where(id => id.Length > 0) ?? [] },
            ToRegionCode = step is Step.Loan loan ? loan.Place.Value : "",
            Citizens = Math.Round(ranked.Citizens, 1),
            TravelHours = ranked.TravelHours,
            WorkHours = Math.Round(step.WorkHours, 2),
            CitizensPerHour = Math.Round(ranked.PerHour, 1),
            Technician = ranked.Worker,
            Turn = ranked.Turn,
            PartExpected = ranked.PartExpected?.ToString("O") ?? "",
            Why = Why.Of(ranked, world),
        };
    }
}
